// The same for Hugo's server, on as many pages: what `watch.test.mjs` reports stands beside it.
// Only where Hugo is installed. PAGES=n takes another size. A report and not a judgement: an
// edit that Hugo does not show in time is counted, and fails nothing.
import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { browser } from "./site.mjs";

// As many as the sample has.
const pages = Number(process.env.PAGES ?? 1670);
const edits = Number(process.env.EDITS ?? 15);
// How long Hugo may take for its start and for an edit, in milliseconds.
const patience = 10_000;

function installed() {
  try {
    return execFileSync("hugo", ["version"]).toString().match(/v[\d.]+/)[0];
  } catch {
    return null;
  }
}

const freePort = () => new Promise((done) => {
  const server = createServer().listen(0, "127.0.0.1", () => {
    const { port } = server.address();
    server.close(() => done(port));
  });
});

test("from saving to seeing, with Hugo", { skip: installed() ? false : "Hugo is not installed" }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "daybrief-hugo-"));
  const layout = (inside) => `<!doctype html><html lang="en"><head><title>{{ .Title }}</title></head><body>${inside}</body></html>`;
  const write = (path, text) => {
    mkdirSync(join(folder, path, ".."), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  write("config.toml", 'baseURL = "/"\ntitle = "Pages"\ndisableKinds = ["taxonomy", "term", "RSS", "sitemap"]\n');
  write("layouts/_default/single.html", layout("<h1>{{ .Title }}</h1>{{ .Content }}"));
  write("layouts/_default/list.html", layout("<ol>{{ range .Pages }}<li>{{ .Title }}</li>{{ end }}</ol>"));
  const page = (n, words) => `---\ntitle: "Page ${n}"\n---\n${words}\n\n${"A line of a page.\n\n".repeat(25)}`;
  for (let n = 1; n <= pages; n += 1) write(`content/page/${n}.md`, page(n, "As it was."));
  const port = await freePort();
  const server = spawn("hugo", ["server", "--source", folder, "--port", String(port), "--bind", "127.0.0.1", "--baseURL", `http://127.0.0.1:${port}/`], { stdio: ["ignore", "pipe", "inherit"] });
  const chromium = await browser();
  try {
    const ready = new Promise((go) => server.stdout.on("data", (said) => String(said).includes("Press Ctrl+C") && go(true)));
    if (!await Promise.race([ready, sleep(patience, false, { ref: false })])) {
      t.diagnostic("Hugo did not start in time: nothing is measured");
      return;
    }
    const tab = await chromium.newPage();
    await tab.goto(`http://127.0.0.1:${port}/page/1/`);
    await tab.waitForTimeout(500);
    const took = [];
    let missed = 0;
    for (let n = 1; n <= edits && missed < 3; n += 1) {
      const begun = performance.now();
      write("content/page/1.md", page(1, `Edit number ${n}.`));
      try {
        await tab.waitForFunction((n) => document.body?.innerText.includes(`Edit number ${n}.`), n, { polling: "raf", timeout: patience });
        took.push(performance.now() - begun);
      } catch {
        missed += 1;
        await tab.reload();
      }
      // Its own script takes no second change that comes at once.
      await tab.waitForTimeout(700);
    }
    took.sort((a, b) => a - b);
    const figures = took.length > 0 ? `median ${took[took.length >> 1].toFixed(0)} ms, slowest ${took.at(-1).toFixed(0)} ms of ${took.length}` : "nothing is measured";
    t.diagnostic(`Hugo ${installed()} with ${pages} pages: ${figures}; ${missed} not shown in time`);
  } finally {
    await chromium.close();
    server.kill();
    rmSync(folder, { recursive: true, force: true });
  }
});
