// The tables and the models' pages stand in the file; this sorts, hides what is not asked for, and moves the focus.
const rows = [...document.querySelectorAll(".entries tbody tr")];

function keyOf(row, place) {
  const key = row.children[place].dataset.key, number = Number(key);
  return key !== "" && !Number.isNaN(number) ? number : key;
}
function sort(head) {
  const place = [...head.parentElement.children].indexOf(head);
  const body = head.closest("table").tBodies[0], members = [...body.rows];
  const first = head.dataset.first || "descending";
  const other = first === "ascending" ? "descending" : "ascending";
  const order = head.getAttribute("aria-sort") === first ? other : first;
  const sign = order === "ascending" ? 1 : -1;
  const missing = (key) => key === -1; // what is missing stands last in either order
  members.sort((a, b) => {
    const x = keyOf(a, place), y = keyOf(b, place);
    if (missing(x) || missing(y)) return missing(x) - missing(y);
    return sign * (typeof x === "number" && typeof y === "number" ? x - y : String(x).localeCompare(String(y)));
  });
  for (const one of head.parentElement.children) one.removeAttribute("aria-sort");
  head.setAttribute("aria-sort", order);
  body.append(...members);
}
const limit = (id) => (byId(id).value === "" ? null : Number(byId(id).value));
function filter() {
  const name = byId("search").value.trim().toLowerCase(), kind = byId("kind").value;
  const least = limit("least"), most = limit("size"), since = byId("since").value.trim();
  const version = byId("version")?.value;
  const shown = new Set();
  for (const row of rows) {
    const { id, model, size, date } = row.dataset, own = Number(size);
    const sized = (least === null && most === null) || (own > 0 && own >= (least ?? 0) && own <= (most ?? Infinity));
    const dated = !since || (date !== "–" && `${date}~` >= since); // a month is not before a day in it
    row.hidden = !(model.includes(name) && (!kind || row.dataset.kind === kind) && sized && dated);
    if (!row.hidden) shown.add(id);
  }
  for (const one of document.querySelectorAll(".heat tr[data-id], svg a[data-id]")) one.toggleAttribute("hidden", !shown.has(one.dataset.id));
  let count = 0, all = 0;
  for (const board of document.querySelectorAll(".board")) {
    const members = [...board.querySelectorAll(".entries tbody tr")], left = members.filter((row) => !row.hidden).length;
    const wanted = !version || version === board.id;
    board.hidden = !wanted || left === 0;
    all += members.length;
    count += wanted ? left : 0;
  }
  byId("status").textContent = count === all ? `${all} entries` : count ? `${count} of ${all} entries` : "No entry is like that";
}
function turn() {
  const page = location.hash.startsWith("#m-") && byId(location.hash.slice(1));
  const board = location.hash && !page && byId(location.hash.slice(1));
  if (board && board.hidden) { byId("filters").reset(); filter(); board.scrollIntoView(); }
  if (!page) return;
  scrollTo(0, 0);
  page.focus({ preventScroll: true });
}
for (const head of document.querySelectorAll(".entries thead th")) head.querySelector("button").addEventListener("click", () => sort(head));
byId("filters").addEventListener("input", filter);
byId("filters").addEventListener("reset", () => setTimeout(filter));
byId("filters").addEventListener("submit", (event) => event.preventDefault());
addEventListener("hashchange", turn);
filter();
turn();
document.documentElement.dataset.ready = Math.round(performance.now());
