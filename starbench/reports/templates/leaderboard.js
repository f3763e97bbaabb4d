// The tables stand in the page; this sorts them, hides rows, and opens the section that a link points to.
const rows = [...document.querySelectorAll(".entries tbody tr")];

function keyOf(row, place) {
  const key = row.children[place].dataset.key, number = Number(key);
  return key !== "" && !Number.isNaN(number) ? number : key;
}
function sort(head) {
  const place = [...head.parentElement.children].indexOf(head);
  const body = head.closest("table").tBodies[0], members = [...body.rows];
  const first = head.classList.contains("number") ? "descending" : "ascending";
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
function filter() {
  const name = byId("search").value.trim().toLowerCase(), kind = byId("kind").value;
  const size = byId("size").value === "" ? null : Number(byId("size").value);
  let shown = 0;
  for (const row of rows) {
    const own = Number(row.dataset.size);
    const fits = size === null || (own > 0 && own <= size);
    row.hidden = !(row.dataset.model.includes(name) && (!kind || row.dataset.kind === kind) && fits);
    shown += !row.hidden;
  }
  byId("status").textContent = shown === rows.length ? `${rows.length} entries` : `${shown} of ${rows.length} entries`;
}
function openLinked() {
  const target = location.hash.startsWith("#m-") && byId(location.hash.slice(1));
  if (target) { target.open = true; target.scrollIntoView(); target.querySelector("summary").focus({ preventScroll: true }); }
}
for (const head of document.querySelectorAll(".entries thead th")) head.querySelector("button").addEventListener("click", () => sort(head));
byId("filters").addEventListener("input", filter);
byId("filters").addEventListener("submit", (event) => event.preventDefault());
addEventListener("hashchange", openLinked);
filter();
openLinked();
document.documentElement.dataset.ready = Math.round(performance.now());
