// The published sample in a browser: nothing is fetched from elsewhere, nothing is said on the
// console, everybody can use it, and without a script everything is there.
//
// With SHOTS=folder each page is also kept as pictures.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { browser, build, kinds, remove, sample, serve } from "./site.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const WIDTHS = [360, 768, 1280];
const SCHEMES = ["light", "dark"];

let folder, site, chromium, pages;

before(async () => {
  folder = sample();
  build(folder);
  pages = kinds(folder);
  site = await serve(join(folder, "public"));
  chromium = await browser();
});

after(async () => {
  await chromium?.close();
  site?.close();
  remove(folder);
});

/** Opens a page and notes what it says and asks for. */
async function open(path, options = {}) {
  const context = await chromium.newContext(options);
  const page = await context.newPage();
  const faults = [];
  page.on("console", (message) => { if (["error", "warning"].includes(message.type())) faults.push(message.text()); });
  page.on("pageerror", (error) => faults.push(String(error)));
  page.on("request", (request) => { if (!request.url().startsWith(site.url)) faults.push(`asked for ${request.url()}`); });
  page.on("response", (response) => { if (response.status() >= 400) faults.push(`${response.status()} ${response.url()}`); });
  await page.goto(`${site.url}/${path}`);
  return { page, faults, close: () => context.close() };
}

test("every kind of page is sound at three widths, light and dark", async (t) => {
  for (const [name, path] of Object.entries(pages)) {
    await t.test(name, async () => {
      for (const width of WIDTHS) {
        for (const colorScheme of SCHEMES) {
          const { page, faults, close } = await open(path, { viewport: { width, height: 900 }, colorScheme, bypassCSP: true });
          await page.evaluate(axe);
          const { violations } = await page.evaluate(() => window.axe.run());
          const told = violations.map((v) => `${v.id}: ${v.nodes.map((n) => `${n.target} ${n.failureSummary}`).join("; ")}`);
          assert.deepEqual(told, [], `${name} at ${width}, ${colorScheme}`);
          const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
          assert.ok(wide <= 0, `${name} at ${width} is ${wide} px too wide`);
          assert.deepEqual(faults, [], name);
          if (process.env.SHOTS) await page.screenshot({ path: join(process.env.SHOTS, `${name}-${width}-${colorScheme}.png`), fullPage: true });
          await close();
        }
      }
    });
  }
});

test("without a script everything is there, and with the policy nothing complains", async () => {
  const words = () => document.querySelector("main").innerText.replace(/\s+/g, " ").trim();
  for (const [name, path] of Object.entries(pages)) {
    const without = await open(path, { javaScriptEnabled: false });
    const text = await without.page.evaluate(words);
    await without.close();
    const { page, faults, close } = await open(path);
    // What the script adds is a box to filter with; it takes nothing away.
    await page.evaluate(() => document.querySelector(".filter")?.remove());
    assert.equal(await page.evaluate(words), text, name);
    assert.deepEqual(faults, [], name);
    await close();
  }
});

test("the keyboard reaches everything, and it shows where it is", async () => {
  for (const name of ["brief", "queue", "ledger", "session", "archive"]) {
    const { page, close } = await open(pages[name], { viewport: { width: 1280, height: 900 } });
    const wanted = await page.evaluate(() => {
      const all = document.querySelectorAll("a[href], button, input, summary, [tabindex='0']");
      return [...all].filter((e) => e.checkVisibility()).map((e, i) => { e.dataset.stop = i; return i; }).length;
    });
    assert.ok(wanted > 10, name);
    const reached = new Set();
    for (let step = 0; step < wanted + 5 && reached.size < wanted; step += 1) {
      await page.keyboard.press("Tab");
      const stop = await page.evaluate(() => {
        const at = document.activeElement;
        const style = getComputedStyle(at);
        return { stop: at.dataset.stop, words: at.textContent.slice(0, 40), shows: style.outlineStyle !== "none" || style.boxShadow !== "none" };
      });
      if (stop.stop === undefined) continue;
      assert.ok(stop.shows, `${name}: nothing shows that "${stop.words}" has the focus`);
      reached.add(stop.stop);
    }
    assert.equal(reached.size, wanted, name);
    await close();
  }
});

test("the ledger filters and sorts", async () => {
  const { page, faults, close } = await open(pages.ledger);
  const rows = page.locator("#rows tbody tr:visible");
  const all = await rows.count();
  assert.ok(all > 40, String(all));
  await page.getByLabel("Filter these rows").fill("alice@company.com claude");
  const some = await rows.count();
  assert.ok(some > 0 && some < all, `${some} of ${all}`);
  for (const text of await rows.allInnerTexts()) assert.match(text.toLowerCase(), /alice@company.com/);
  assert.equal(await page.getByRole("status").innerText(), `${some} of ${all} rows`);
  await page.getByLabel("Filter these rows").fill("");
  assert.equal(await rows.count(), all);
  const cost = page.getByRole("button", { name: "Cost" });
  const head = page.getByRole("columnheader", { name: "Cost" });
  const column = await head.evaluate((cell) => cell.cellIndex);
  const costs = () => page.$$eval("#rows tbody tr", (rows, column) => rows.map((r) => parseFloat(r.cells[column].textContent.replace(/[^\d.]/g, ""))).filter((n) => !Number.isNaN(n)), column);
  await cost.click();
  assert.equal(await head.getAttribute("aria-sort"), "ascending");
  const rising = await costs();
  assert.deepEqual(rising, rising.toSorted((a, b) => a - b));
  await cost.click();
  assert.equal(await head.getAttribute("aria-sort"), "descending");
  assert.deepEqual(await costs(), rising.toReversed().toSorted((a, b) => b - a));
  assert.deepEqual(faults, []);
  await close();
});

test("the brief prints as a report", async () => {
  const { page, close } = await open(pages.brief);
  const pdf = await page.pdf({ format: "A4", path: process.env.SHOTS && join(process.env.SHOTS, "brief.pdf") });
  assert.equal(pdf.subarray(0, 5).toString(), "%PDF-");
  const count = pdf.toString("latin1").match(/\/Type\s*\/Page\b/g).length;
  assert.ok(count >= 1 && count <= 6, `${count} pages`);
  await page.emulateMedia({ media: "print", colorScheme: "dark" });
  const paper = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  assert.ok(["rgb(255, 255, 255)", "rgba(0, 0, 0, 0)"].includes(paper), `the paper is ${paper}`);
  assert.equal(await page.locator(".masthead nav").isVisible(), false, "a menu is of no use on paper");
  await close();
});
