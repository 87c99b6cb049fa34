// `daybrief watch` in a browser: the page follows what is saved, styles change without losing
// the place, and a mistake is shown on the page until it is mended.
//
// SITE=folder takes a site of your own (its content/method.md, daybrief.toml and inventory are
// changed and put back), EDITS=n so many edits for the report.
import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { browser, project, remove, sample, watch } from "./site.mjs";

const own = process.env.SITE;
const edits = Number(process.env.EDITS ?? 15);
let folder, watching, chromium, page, faults;

before(async () => {
  folder = own ?? sample();
  watching = await watch(folder);
  chromium = await browser();
  page = await (await chromium.newContext()).newPage();
  faults = [];
  page.on("console", (message) => { if (["error", "warning"].includes(message.type()) && !message.location().url.endsWith("/favicon.ico")) faults.push(message.text()); });
  page.on("pageerror", (error) => faults.push(String(error)));
  page.on("request", (request) => { if (!request.url().startsWith(watching.url)) faults.push(`asked for ${request.url()}`); });
});

after(async () => {
  await chromium?.close();
  watching?.end();
  if (!own) remove(folder);
});

const file = (path) => join(folder, path);
function save(path, text) {
  mkdirSync(dirname(file(path)), { recursive: true });
  // As most editors do: a new file in the place of the old one.
  writeFileSync(file(`${path}.tmp~`), text);
  renameSync(file(`${path}.tmp~`), file(path));
}
const method = (words) => `+++\ntitle = "How ranks are made"\n+++\n\n${words}\n`;

test("a page follows what it says, and keeps its place", async () => {
  await page.setViewportSize({ width: 1280, height: 400 });
  await page.goto(`${watching.url}/method.html`);
  await page.evaluate(() => scrollTo(0, 300));
  for (const words of ["Written while you look.", "Written once more."]) {
    save("content/method.md", method(words));
    await page.getByText(words).waitFor();
    assert.equal(await page.evaluate(() => scrollY), 300);
  }
});

test("scripts of a page work after it has followed", async () => {
  await page.goto(`${watching.url}/ledger.html`);
  const right = existsSync(file("daybrief.toml")) ? readFileSync(file("daybrief.toml"), "utf8") : "";
  save("daybrief.toml", 'title = "Another company"\n');
  await page.locator(".brand", { hasText: "Another company" }).waitFor();
  assert.match(await page.title(), /Another company/);
  await page.getByLabel("Filter these rows").fill("alice");
  await page.locator("[role=status]", { hasText: " rows" }).waitFor();
  assert.equal(await page.locator("script[src*=reload]").count(), 0, "our own script runs once");
  save("daybrief.toml", right);
  await page.locator(".brand", { hasText: "Another company" }).waitFor({ state: "detached" });
});

test("a page that does not change stays as it is", async () => {
  await page.goto(`${watching.url}/queue.html`);
  await page.evaluate(() => { document.body.dataset.mark = "before"; });
  save("content/method.md", method("Another page's business."));
  await watching.says("content/method.md changed");
  await page.waitForTimeout(300);
  assert.equal(await page.evaluate(() => document.body.dataset.mark), "before");
});

test("styles change without loading the page again", async () => {
  const style = readFileSync(join(project, "themes/default/assets/style.css"), "utf8");
  save("themes/default/assets/style.css", `${style}\nbody { outline: 7px solid red }\n`);
  await page.waitForFunction(() => getComputedStyle(document.body).outlineWidth === "7px");
  assert.equal(await page.evaluate(() => document.body.dataset.mark), "before");
  rmSync(file("themes"), { recursive: true });
  await page.waitForFunction(() => getComputedStyle(document.body).outlineWidth !== "7px");
});

test("quick changes of style end in the last one, in every tab", async () => {
  const style = readFileSync(join(project, "themes/default/assets/style.css"), "utf8");
  const tabs = [];
  for (const path of ["queue.html", "ledger.html", "method.html"]) {
    const tab = await page.context().newPage();
    await tab.goto(`${watching.url}/${path}`);
    tabs.push([tab, await tab.locator('link[rel="stylesheet"]').count()]);
  }
  for (let n = 1; n <= 6; n += 1) {
    save("themes/default/assets/style.css", `${style}\nbody { outline: ${n}px solid red }\n`);
    await page.waitForTimeout(60);
  }
  for (const [tab, links] of tabs) {
    await tab.waitForFunction(() => getComputedStyle(document.body).outlineWidth === "6px");
    await tab.waitForFunction((links) => document.querySelectorAll('link[rel="stylesheet"]').length === links, links);
    await tab.close();
  }
  rmSync(file("themes"), { recursive: true });
});

test("a style that comes too late takes nothing away", async () => {
  const style = readFileSync(join(project, "themes/default/assets/style.css"), "utf8");
  const change = (n) => save("themes/default/assets/style.css", `${style}\nbody { outline: ${n}px solid blue }\n`);
  const pending = async (after) => {
    const has = (href) => document.querySelector("link[data-pending]")?.href !== href && document.querySelector("link[data-pending]");
    return (await page.waitForFunction(has, await after?.evaluate((link) => link.href))).asElement();
  };
  await page.goto(`${watching.url}/queue.html`);
  const held = [];
  await page.route("**/style-*.css", (route) => held.push(route));
  try {
    change(1);
    const first = await pending();
    change(2);
    const second = await pending(first);
    // What a browser does when it was there by the time another took its place.
    await first.evaluate((link) => link.dispatchEvent(new Event("load")));
    change(3);
    await pending(second);
  } finally {
    await page.unroute("**/style-*.css");
    for (const route of held) await route.continue().catch(() => {});
  }
  await page.waitForFunction(() => getComputedStyle(document.body).outlineWidth === "3px");
  rmSync(file("themes"), { recursive: true });
});

test("a mistake is shown on the page, and goes by itself", async () => {
  await page.goto(`${watching.url}/queue.html`);
  const overlay = page.locator("daybrief-mistakes");
  const right = existsSync(file("daybrief.toml")) ? readFileSync(file("daybrief.toml"), "utf8") : "";
  const title = await page.title();
  save("daybrief.toml", 'title = "<img src=x onerror=alert(1)>\n');
  await overlay.waitFor();
  const text = await page.locator("daybrief-mistakes section").innerText();
  assert.match(text, /daybrief\.toml:1:/);
  assert.match(text, /<img src=x/, "the line is shown as text");
  assert.equal(await page.locator("img").count(), 0);
  assert.match(text, /Mend: /);
  assert.equal(await page.title(), title, "below it is the last good state");
  if (process.env.SHOTS) await page.screenshot({ path: join(process.env.SHOTS, "overlay.png") });
  // A page that is opened now shows it as well.
  await page.goto(`${watching.url}/ledger.html`);
  await overlay.waitFor();
  save("daybrief.toml", right);
  await overlay.waitFor({ state: "detached" });
});

test("from saving to seeing", async (t) => {
  await page.goto(`${watching.url}/method.html`);
  const inventory = readFileSync(file("data/inventory.toml"), "utf8");
  const style = readFileSync(join(project, "themes/default/assets/style.css"), "utf8");
  const kinds = {
    "a text": (n) => [() => save("content/method.md", method(`Edit number ${n}.`)), (n) => document.body.innerText.includes(`Edit number ${n}.`)],
    "a style": (n) => [() => save("themes/default/assets/style.css", `${style}\nbody { outline: ${n}px solid red }\n`), (n) => getComputedStyle(document.body).outlineWidth === `${n}px`],
    // A title is on every page.
    "the configuration": (n) => [() => save("daybrief.toml", `title = "Title ${n}"\n`), (n) => document.title.includes(`Title ${n}`)],
    "the inventory": (n) => [() => save("data/inventory.toml", `${inventory}\n# ${n}\n`), "inventory.toml changed"],
    "the latest snapshot": (n) => [() => save(latest, `${rows}\n{"id":"edit-${n}"}\n`), `${snapshots.at(-1)} changed`],
  };
  const snapshots = readdirSync(file("data/snapshots")).sort();
  const latest = `data/snapshots/${snapshots.at(-1)}`;
  const rows = readFileSync(file(latest), "utf8").trimEnd();
  const right = existsSync(file("daybrief.toml")) ? readFileSync(file("daybrief.toml"), "utf8") : "";
  const all = [];
  for (const [name, kind] of Object.entries(kinds)) {
    const took = [];
    for (let n = 1; n <= edits; n += 1) {
      const [edit, seen] = kind(n);
      const from = watching.said.length;
      const begun = performance.now();
      edit();
      if (typeof seen === "function") {
        await page.waitForFunction(seen, n, { polling: "raf" });
      } else {
        while (!watching.said.slice(from).some((line) => line.includes(seen))) await new Promise((go) => setTimeout(go, 2));
      }
      took.push(performance.now() - begun);
      await page.waitForTimeout(20);
    }
    took.sort((a, b) => a - b);
    all.push(...took);
    t.diagnostic(`${name}: median ${took[took.length >> 1].toFixed(0)} ms, slowest ${took.at(-1).toFixed(0)} ms of ${edits}${typeof kind(1)[1] === "function" ? "" : " (until the terminal says so)"}`);
  }
  all.sort((a, b) => a - b);
  t.diagnostic(`all: median ${all[all.length >> 1].toFixed(0)} ms of ${all.length}`);
  save(latest, `${rows}\n`);
  save("data/inventory.toml", inventory);
  save("daybrief.toml", right);
  rmSync(file("themes"), { recursive: true, force: true });
});

test("nothing was complained of, and nothing asked for elsewhere", () => {
  assert.deepEqual(faults, []);
});
