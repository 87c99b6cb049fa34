// A copy of the sample company, what the program makes of it, and a browser to look with.
import { execFileSync, spawn } from "node:child_process";
import { cpSync, createReadStream, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { extname, join, normalize } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

export const project = fileURLToPath(new URL("../..", import.meta.url));
const program = process.env.DAYBRIEF ?? join(project, "target/debug/daybrief");

/** A fresh site with the sample company. */
export function sample() {
  const folder = mkdtempSync(join(tmpdir(), "daybrief-browser-"));
  for (const part of ["daybrief.toml", "data", "content"]) {
    cpSync(join(project, part), join(folder, part), { recursive: true });
  }
  return folder;
}

export function build(folder) {
  execFileSync(program, ["--quiet", "--root", folder, "build"], { stdio: ["ignore", "inherit", "pipe"] });
}

export function remove(folder) {
  rmSync(folder, { recursive: true, force: true });
}

/** Serves a published folder as any web server does. */
export async function serve(folder) {
  const kinds = { ".html": "text/html; charset=utf-8", ".css": "text/css", ".js": "text/javascript", ".xml": "application/xml" };
  const server = createServer((request, response) => {
    const path = join(folder, normalize(new URL(request.url, "http://x").pathname));
    const file = existsSync(path) && statSync(path).isDirectory() ? join(path, "index.html") : path;
    // Chromium asks for it by itself; no page does.
    if (!existsSync(file)) {
      response.writeHead(request.url === "/favicon.ico" ? 204 : 404).end();
      return;
    }
    response.writeHead(200, { "content-type": kinds[extname(file)] ?? "application/octet-stream" });
    createReadStream(file).pipe(response);
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  return { url: `http://127.0.0.1:${server.address().port}`, close: () => { server.close(); server.closeAllConnections(); } };
}

/** Runs `daybrief watch` until it is ended. */
export async function watch(folder) {
  const child = spawn(program, ["--root", folder, "watch", "--port", "0"], { stdio: ["ignore", "inherit", "pipe"] });
  const said = [];
  const waiting = [];
  createInterface({ input: child.stderr }).on("line", (line) => {
    said.push(line);
    for (const wait of waiting.splice(0)) wait();
  });
  const says = async (words) => {
    for (let at = 0; ; at += 1) {
      while (at >= said.length) await new Promise((go) => waiting.push(go));
      if (said[at].includes(words)) return said[at];
    }
  };
  const url = (await says("Open http://")).match(/http:\/\/[^/]+/)[0];
  await says("judged");
  return { url, says, said, end: () => child.kill("SIGINT") };
}

/** Chromium, silent towards the network. */
export function browser() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? ["/usr/bin/chromium", "/usr/bin/google-chrome"].find(existsSync),
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });
}

/** One page of each kind, by name; the latest edition's. */
export function kinds(folder) {
  const published = join(folder, "public");
  const editions = readdirSync(join(published, "editions")).sort();
  const latest = `editions/${editions.at(-1)}`;
  const first = (inside) => readdirSync(join(published, latest, inside)).sort()[0];
  // The leads have the fullest pages: the first one of the queue.
  const lead = readFileSync(join(published, latest, "queue.html"), "utf8").match(/href="(session\/[^"#]+)/)[1];
  const month = readdirSync(published).filter((name) => /^archive-.*\.html$/.test(name)).at(-1);
  return {
    brief: "index.html",
    queue: "queue.html",
    ledger: "ledger.html",
    archive: "archive.html",
    month,
    method: "method.html",
    "not-found": "404.html",
    changes: `${latest}/changes.html`,
    session: `${latest}/${lead}`,
    key: `${latest}/entity/key/${first("entity/key")}`,
    host: `${latest}/entity/host/${first("entity/host")}`,
    past: `editions/${editions[0]}/index.html`,
  };
}
