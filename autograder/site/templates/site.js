"use strict";
// Tables whose heads sort them, and which show so many rows at a time; without this script all rows are there.

const order = new Intl.Collator(undefined, { numeric: true });

function sortable(table) {
  const body = table.tBodies[0];
  const heads = [...table.tHead.rows[0].cells];
  const size = Number(table.dataset.rows) || Infinity;
  let rows = [...body.rows];
  let found = rows;
  let first = 0;

  const filter = document.createElement("input");
  const status = document.createElement("span");
  const previous = button(table.dataset.previous, () => show(first - size));
  const next = button(table.dataset.next, () => show(first + size));
  if (rows.length > size) table.parentElement.before(tools());

  function tools() {
    const bar = document.createElement("div");
    bar.className = "tools";
    filter.type = "search";
    filter.placeholder = table.dataset.filter;
    filter.setAttribute("aria-label", table.dataset.filter);
    filter.addEventListener("input", find);
    status.setAttribute("role", "status");
    bar.append(filter, previous, next, status);
    return bar;
  }

  function find() {
    const words = filter.value.trim().toLowerCase();
    found = rows.filter((row) => row.cells[0].textContent.toLowerCase().includes(words));
    show(0);
  }

  function show(start) {
    first = start;
    const last = Math.min(first + size, found.length);
    body.replaceChildren(...found.slice(first, last));
    previous.disabled = first === 0;
    next.disabled = last === found.length;
    const words = { first: Math.min(first + 1, last), last, all: found.length };
    status.textContent = (table.dataset.shown ?? "").replace(/\{(\w+)\}/g, (_, name) => words[name]);
  }

  function sort(column) {
    const head = heads[column];
    const numbers = head.dataset.sort === "number";
    const up = head.ariaSort ? head.ariaSort === "descending" : !numbers; // numbers begin with the largest
    for (const other of heads) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", up ? "ascending" : "descending");
    const keyed = rows.map((row) => [row, numbers ? Number(row.cells[column].dataset.v) : row.cells[column].textContent]);
    keyed.sort(([, a], [, b]) => (numbers ? a - b : order.compare(a, b)) * (up ? 1 : -1));
    rows = keyed.map(([row]) => row);
    find();
  }

  heads.forEach((head, column) => {
    if (head.dataset.sort) head.replaceChildren(button(head.textContent, () => sort(column)));
  });
  find();
}

function button(label, action) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = label;
  made.addEventListener("click", action);
  return made;
}

document.querySelectorAll("table.sortable").forEach(sortable);
