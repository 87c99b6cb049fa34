// Keeps a page of the preview as it would be made now, and shows mistakes on top of it.
"use strict";
(() => {
  const first = document.currentScript;
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`
    :host { all: initial; position: fixed; inset: auto 0 0 0; z-index: 2147483647;
      max-height: 70vh; overflow: auto; box-sizing: border-box; padding: 1rem 1.25rem;
      background: #1b1113; color: #f6ecec; border-top: 4px solid #e5484d;
      font: 14px/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
    h2 { margin: 0 0 .5rem; font-size: 15px; }
    section { margin: 0 0 .75rem; overflow-wrap: anywhere; }
    p { margin: 0; } .place { color: #ffb3b5; font-weight: 700; } .mend { color: #b7e4c7; }
    pre { margin: .25rem 0; padding: .5rem; background: #000; color: #f6ecec; overflow: auto; }
  `);

  function line(parent, name, kind, text) {
    if (!text) return;
    const element = document.createElement(name);
    element.className = kind;
    element.textContent = text;
    parent.append(element);
  }

  let overlay = null;
  function show(mistakes) {
    overlay?.remove();
    overlay = null;
    if (mistakes.length === 0) return;
    overlay = document.createElement("daybrief-mistakes");
    overlay.setAttribute("role", "alert");
    const inside = overlay.attachShadow({ mode: "open" });
    inside.adoptedStyleSheets = [sheet];
    line(inside, "h2", "", mistakes.length === 1
      ? "A mistake: the page shows the last good state"
      : `${mistakes.length} mistakes: the page shows the last good state`);
    for (const mistake of mistakes.slice(0, 20)) {
      const section = document.createElement("section");
      line(section, "p", "place", mistake.place);
      line(section, "p", "message", mistake.message);
      line(section, "pre", "excerpt", mistake.excerpt);
      line(section, "p", "mend", mistake.mend && `Mend: ${mistake.mend}`);
      inside.append(section);
    }
    document.body.append(overlay);
  }

  // A style sheet takes the place of another when it is there; until then it is pending.
  function takePlaceOf(old, fresh) {
    fresh.dataset.pending = "";
    fresh.addEventListener("load", () => {
      // One that was taken back may still say that it is there.
      if (!fresh.isConnected) return;
      old.remove();
      delete fresh.dataset.pending;
    });
    fresh.addEventListener("error", () => fresh.remove());
    old.after(fresh);
  }

  const sheets = (of) => [...of.querySelectorAll('link[rel="stylesheet"]')];
  function settledSheets() {
    for (const pending of document.querySelectorAll("link[data-pending]")) pending.remove();
    return sheets(document);
  }

  // `style-0123456789.css` of any digest.
  function restyle(assets) {
    const settled = settledSheets();
    for (const [plain, published] of Object.entries(assets)) {
      const [, stem, ending] = plain.match(/^(.*)\.([^.]*)$/) ?? [];
      if (ending !== "css") continue;
      for (const old of settled) {
        const [before, name] = old.getAttribute("href").match(/^(.*?)([^/]*)$/).slice(1);
        if (!name.startsWith(`${stem}-`) || name.length !== published.length || name === published) continue;
        const fresh = old.cloneNode();
        fresh.setAttribute("href", before + published);
        takePlaceOf(old, fresh);
      }
    }
  }

  // The page as it is now, in place: faster than to load it again, and it keeps its place.
  async function renew() {
    const answer = await fetch(location.href);
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    const own = fresh.querySelector("script[data-print]");
    const [olds, news] = [settledSheets(), sheets(fresh)];
    if (!own || olds.length !== news.length) return location.reload();
    own.remove();
    olds.forEach((old, i) => {
      if (old.getAttribute("href") !== news[i].getAttribute("href")) takePlaceOf(old, document.importNode(news[i]));
    });
    document.title = fresh.title;
    const scripts = [...fresh.querySelectorAll("script[src]")].map((script) => script.getAttribute("src"));
    document.body.replaceWith(document.adoptNode(fresh.body));
    if (overlay) document.body.append(overlay);
    for (const src of scripts) {
      const script = document.createElement("script");
      script.src = src;
      document.body.append(script);
    }
    print = own.dataset.print;
    listen();
  }

  let events;
  let print = first.dataset.print;
  function listen() {
    events?.close();
    events = new EventSource(`/_daybrief/events?page=${location.pathname}&print=${print}`);
    events.addEventListener("mistakes", (event) => show(JSON.parse(event.data)));
    events.addEventListener("assets", (event) => restyle(JSON.parse(event.data)));
    events.addEventListener("reload", () => {
      events.close();
      renew().catch(() => location.reload());
    });
  }
  listen();
  // A browser has six connections for us: a page that nobody sees gives its one back, and
  // hears what it missed when it is seen again.
  document.addEventListener("visibilitychange", () => (document.hidden ? events.close() : listen()));
  addEventListener("pagehide", () => events.close());
})();
