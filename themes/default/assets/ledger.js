"use strict";
// Filter and sort for the ledger. Without this script the page is complete.
(() => {
  const table = document.getElementById("rows");
  if (!table || !table.tBodies[0]) return;
  const body = table.tBodies[0];
  const all = Array.from(body.rows);
  const words = all.map((row) => row.textContent.toLowerCase());
  const scroller = table.parentElement;

  const box = document.createElement("div");
  const label = document.createElement("label");
  const input = document.createElement("input");
  const count = document.createElement("span");
  box.className = "filter";
  label.htmlFor = input.id = "filter";
  label.textContent = "Filter these rows";
  input.type = "search";
  input.autocomplete = "off";
  input.spellcheck = false;
  count.setAttribute("role", "status");
  box.append(label, input, count);
  scroller.before(box);

  const filter = () => {
    const asked = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    all.forEach((row, i) => {
      row.hidden = !asked.every((word) => words[i].includes(word));
      if (!row.hidden) shown += 1;
    });
    count.textContent = asked.length ? shown + " of " + all.length + " rows" : "";
  };
  input.addEventListener("input", filter);

  const SECONDS = { d: 86400, h: 3600, min: 60, s: 1 };
  // What a cell sorts by: seconds, a number, or its words; null when not recorded.
  const key = (row, column, numeric) => {
    const text = row.cells[column].textContent.trim();
    if (text === "" || text === "not recorded") return null;
    if (!numeric) return text.toLowerCase();
    const parts = Array.from(text.matchAll(/(\d+)\s*(d|h|min|s)\b/g));
    if (parts.length) return parts.reduce((sum, p) => sum + p[1] * SECONDS[p[2]], 0);
    const number = Number(text.replace(/[^\d.-]/g, ""));
    return Number.isNaN(number) ? null : number;
  };
  const compare = (a, b) =>
    typeof a === "number" ? a - b : a.localeCompare(b, "en", { numeric: true });

  const heads = Array.from(table.tHead.rows[0].cells);
  const sort = (head, column) => {
    const falling = head.getAttribute("aria-sort") === "ascending";
    heads.forEach((h) => h.removeAttribute("aria-sort"));
    head.setAttribute("aria-sort", falling ? "descending" : "ascending");
    const numeric = head.classList.contains("n");
    const keyed = all.map((row, i) => ({ row, i, key: key(row, column, numeric) }));
    keyed.sort((a, b) => {
      if (a.key === null || b.key === null) return (a.key === null) - (b.key === null) || a.i - b.i;
      return (falling ? compare(b.key, a.key) : compare(a.key, b.key)) || a.i - b.i;
    });
    body.append(...keyed.map((k) => k.row));
  };
  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    button.addEventListener("click", () => sort(head, column));
    head.append(button);
  });
})();
