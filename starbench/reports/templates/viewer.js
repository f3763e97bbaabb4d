// The list shows only the rows in sight; a case's content is unpacked when it is opened.
const HEIGHT = 58;
const SPARE = 8;
const FOLDED = 1200; // characters from which on a message is folded
const CHUNK = Number(document.querySelector("script[data-size]")?.dataset.size || 1);
const count = index.id.length;
const column = (name, i) => index[name].values[index[name].of[i]];
const list = byId("list"), track = byId("track"), article = byId("case"), status = byId("status");
const haystack = index.id.map((id, i) => `${id} ${column("code", i)} ${index.snippet[i]}`.toLowerCase());
let shown = [];
let current = -1; // a place in `shown`
let opened = -1; // a case

// ---- unpacking
const chunks = new Map();
async function unpacked(number) {
  if (!chunks.has(number)) {
    const bytes = Uint8Array.from(atob(byId(`chunk${number}`).textContent), (c) => c.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
    chunks.set(number, new Response(stream).json());
  }
  return chunks.get(number);
}
const whole = [];
async function wholeTexts() {
  for (let number = whole.length / CHUNK; number * CHUNK < count; number++) {
    const chunk = await unpacked(number);
    for (const one of chunk.cases) {
      const texts = [one.message, ...one.prompt.map((m) => m[1]), ...one.answer.map((a) => a[0])];
      texts.push(...one.beside.map((b) => b[1]), ...one.attempts.map((a) => a[3] || ""));
      for (const part of one.parts) {
        texts.push(part.name);
        for (const a of part.arguments) texts.push(a[0], a[1] || "", a[3] || "");
      }
      whole.push(texts.join("\n").toLowerCase());
    }
    chunks.delete(number);
    status.textContent = `Reading whole texts: ${Math.round((100 * whole.length) / count)} %`;
  }
}

// ---- choosing
function fill(name, all) {
  const select = byId(name), counts = new Map();
  for (const place of index[name].of) counts.set(place, (counts.get(place) || 0) + 1);
  select.append(make("option", { value: "" }, all));
  const order = [...counts].filter(([place]) => index[name].values[place] !== "");
  if (name === "code") order.sort((a, b) => b[1] - a[1]);
  for (const [place, n] of order) select.append(make("option", { value: place }, `${index[name].values[place]} (${n})`));
  if (order.length < 2) select.parentElement.hidden = true;
}
async function choose() {
  const wanted = byId("search").value.trim().toLowerCase();
  const deep = wanted && byId("deep").checked;
  if (deep) await wholeTexts();
  const picks = ["model", "category", "verdict", "code"].map((n) => [index[n].of, byId(n).value]).filter((p) => p[1] !== "");
  const band = byId("band").value && byId("band").value.split(",").map(Number);
  shown = [];
  for (let i = 0; i < count; i++) {
    if (picks.some(([of, value]) => of[i] !== Number(value))) continue;
    if (band && (index.similarity[i] < band[0] || index.similarity[i] > band[1])) continue;
    if (wanted && !haystack[i].includes(wanted) && !(deep && whole[i].includes(wanted))) continue;
    shown.push(i);
  }
  const order = byId("order").value;
  if (order) shown.sort((a, b) => (order === "up" ? 1 : -1) * (index.similarity[a] - index.similarity[b]) || a - b);
  current = shown.indexOf(opened);
  report();
  list.scrollTop = Math.max(current, 0) * HEIGHT;
  draw();
}
function report() {
  const counts = { right: 0, wrong: 0 };
  for (const i of shown) counts[column("verdict", i)]++;
  const judged = counts.right + counts.wrong;
  const share = judged ? `, ${((100 * counts.right) / judged).toFixed(1)} % right` : "";
  const number = (n) => n.toLocaleString("en");
  status.textContent = shown.length === count ? `${number(count)} cases${share}` : `${number(shown.length)} of ${number(count)} cases${share}`;
}

// ---- the list
function verdictChip(i) {
  const verdict = column("verdict", i);
  return make("span", { class: `chip ${verdict === "not counted" ? "other" : verdict}` }, verdict);
}
function rowOf(place) {
  const i = shown[place], code = column("code", i);
  const several = index.model.values.length > 1 ? `${column("model", i)} · ` : "";
  return make("div", {
    class: "row", role: "option", id: `row${place}`, style: `top:${place * HEIGHT}px`, "data-place": place,
    "aria-selected": String(place === current), "aria-setsize": shown.length, "aria-posinset": place + 1,
  },
  make("div", {}, make("span", { class: "name" }, index.id[i]), make("span", { class: "right-side" }, make("span", { class: "soft" }, index.similarity[i].toFixed(2)), verdictChip(i))),
  make("div", {}, make("span", { class: "below" }, several + (code || index.snippet[i] || column("category", i)))));
}
function draw() {
  track.style.height = `${shown.length * HEIGHT}px`;
  const first = Math.max(0, Math.floor(list.scrollTop / HEIGHT) - SPARE);
  const last = Math.min(shown.length, Math.ceil((list.scrollTop + list.clientHeight) / HEIGHT) + SPARE);
  track.replaceChildren(...Array.from({ length: last - first }, (_, k) => rowOf(first + k)));
  if (current >= first && current < last) list.setAttribute("aria-activedescendant", `row${current}`);
  else list.removeAttribute("aria-activedescendant");
}
function go(place) {
  if (!shown.length) return;
  current = Math.min(Math.max(place, 0), shown.length - 1);
  const top = current * HEIGHT;
  if (top < list.scrollTop) list.scrollTop = top;
  else if (top + HEIGHT > list.scrollTop + list.clientHeight) list.scrollTop = top + HEIGHT - list.clientHeight;
  draw();
}
function open(place) {
  go(place);
  if (current < 0) return;
  const i = shown[current];
  history.replaceState(null, "", `#${i}-${encodeURIComponent(index.id[i])}`);
  show(i);
}
function close() {
  document.body.classList.remove("open");
  list.focus();
  draw();
}

// ---- one case
async function show(i) {
  opened = i;
  if (!globalThis.DecompressionStream) {
    article.replaceChildren(make("p", {}, "This browser cannot unpack the cases; please use one made since 2023."));
    return;
  }
  const chunk = await unpacked(Math.floor(i / CHUNK));
  if (opened !== i) return;
  const one = chunk.cases[i % CHUNK];
  article.replaceChildren(...caseElements(i, one, chunk.tools));
  article.scrollTop = 0;
  document.body.classList.add("open");
  if (matchMedia("(max-width: 760px)").matches) { scrollTo(0, 0); article.focus(); }
}
function section(title, ...beside) {
  return make("div", { class: "section" }, make("h2", {}, title), ...beside);
}
function caseElements(i, one, tools) {
  const code = column("code", i), verdict = column("verdict", i);
  const back = make("button", { id: "back", type: "button" }, "← Back to the list");
  back.addEventListener("click", close);
  const facts = [`similarity ${index.similarity[i].toFixed(4)}`, column("category", i), column("model", i)];
  return [
    back,
    make("div", { class: "head" }, make("h2", {}, index.id[i]), verdictChip(i), code ? make("span", { class: "code" }, code) : null),
    make("p", { class: "soft under" }, facts.join(" · ")),
    one.message ? make("p", { class: `why ${verdict === "wrong" ? "wrong" : ""}` }, one.message) : null,
    ...(one.prompt.length ? [section("Asked"), ...one.prompt.map(([role, text]) => textBox(role, text))] : []),
    section("Expected and read", make("span", { class: "soft" }, `expected: ${one.expects}`)),
    ...(one.parts.length ? one.parts.map(partElement) : [make("p", { class: "soft" }, "No calls to set side by side.")]),
    one.differences.length ? make("ul", { class: "differences" }, ...one.differences.map((d) => make("li", { class: "code" }, d))) : null,
    section("Answer", make("span", { class: "soft" }, `read as ${one.dialect}`)), ...answerElements(one),
    ...(one.tools.length ? [section("Tools", make("span", { class: "soft" }, String(one.tools.length))), ...one.tools.map((t) => toolElement(tools[t]))] : []),
  ].filter(Boolean);
}
/** A text with its role; one that would push all else out of sight is folded. */
function textBox(role, text) {
  const lines = text.split("\n").length, first = text.trimStart().split("\n", 1)[0].slice(0, 90);
  if (text.length < FOLDED && lines < 16) return make("div", { class: "box" }, make("div", { class: "role" }, role), make("pre", {}, text));
  return make("details", { class: "box" }, make("summary", {}, `${role} · ${text.length.toLocaleString("en")} characters · ${first}…`), make("pre", {}, text));
}
function toolElement([signature, description, parameters]) {
  return make("details", { class: "tool" }, make("summary", {}, make("code", {}, signature)), make("p", {}, description), make("pre", {}, parameters));
}
const kind = (state) => (state === "parsed" ? "" : state === "in_reasoning" ? "dim" : "bad");
function answerElements(one) {
  const pieces = one.answer.map(([text, n]) => (n ? make("mark", { class: kind(one.attempts[n - 1][0]), title: one.attempts[n - 1][0] }, make("sup", {}, String(n)), text) : text));
  const items = one.attempts.map(([state, problem, repairs, raw]) => make("li", {},
    make("span", { class: `chip ${state === "parsed" ? "right" : state === "in_reasoning" ? "other" : "wrong"}` }, state.replace("_", " ")),
    problem ? ` ${problem}` : "", repairs.length ? ` (liberties taken: ${repairs.join("; ")})` : "", raw == null ? null : make("pre", {}, raw)));
  return [
    ...one.beside.map(([role, text]) => textBox(role, text)),
    pieces.length ? make("div", { class: "box" }, make("pre", {}, ...pieces)) : null,
    pieces.length || items.length || one.beside.length ? null : make("p", { class: "soft" }, "Nothing."),
    one.unclosed ? make("p", {}, "The reasoning was opened and never closed, so nothing after it counts.") : null,
    items.length ? make("ol", { class: "attempts", "aria-label": "Attempts at calls" }, ...items) : null,
  ];
}
function similarityElement(value) {
  const bar = make("i");
  bar.style.width = `${100 * value}%`;
  return make("span", { class: "score" }, make("span", { class: "bar", "aria-hidden": "true" }, bar), value.toFixed(4));
}
function partElement(part) {
  const full = part.similarity === 1;
  const head = make("h3", {}, make("code", {}, part.name || "(unreadable)"),
    make("span", { class: `chip ${full ? "right" : "wrong"}` }, part.reason), similarityElement(part.similarity));
  return make("section", { class: "part" }, head, part.arguments.length ? argumentTable(part) : null);
}
/** Two texts, each with the stretch in which it differs from the other marked. */
function differing(one, other) {
  const a = [...one], b = [...other]; // by characters, so that none is cut in two
  const most = Math.min(a.length, b.length);
  let start = 0, end = 0;
  while (start < most && a[start] === b[start]) start++;
  while (end < most - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end++;
  if (start + end < 3) return [[one], [other]]; // nothing in common: a mark on all of it would say nothing
  const marked = (text) => {
    const middle = text.slice(start, text.length - end).join("");
    return [text.slice(0, start).join(""), middle ? make("mark", { class: "differs" }, middle) : "", text.slice(text.length - end).join("")];
  };
  return [marked(a), marked(b)];
}
function judgement(value, reason) {
  if (value == null) return ["–"];
  if (value === 1) return [make("span", { class: "soft" }, reason)];
  return [similarityElement(value), make("div", { class: "soft" }, reason)];
}
/** A turn's calls and states are texts of several lines, which JSON would put into one. */
function unquoted(text) {
  try {
    const value = JSON.parse(text);
    return typeof value === "string" && value ? value : text;
  } catch { return text; } // it was cut
}
function argumentTable(part) {
  const turn = /^turn \d+$/.test(part.name), shown = (text) => (turn && text != null ? unquoted(text) : text);
  const head = [turn ? "part" : "argument", "expected", "read"].map((t) => make("th", { scope: "col" }, t));
  const judged = part.arguments.some((a) => a[4] != null);
  if (judged) head.push(make("th", { scope: "col", class: "number" }, "similarity"));
  const rows = part.arguments.map(([name, expected, more, read, value, reason]) => {
    const wanted = shown(expected), got = shown(read);
    const both = wanted != null && got != null && value !== 1;
    const [left, right] = both ? differing(wanted, got) : [[wanted ?? "–"], [got ?? "–"]];
    return make("tr", { class: value == null || value === 1 ? "" : "off" },
      make("th", { scope: "row", class: "code" }, name),
      make("td", { "data-label": "expected", class: "code" }, ...left, more ? ` (or ${more} more)` : ""),
      make("td", { "data-label": "read", class: "code" }, ...right),
      judged ? make("td", { "data-label": "similarity" }, ...judgement(value, reason)) : null);
  });
  return make("table", { class: "arguments" }, make("thead", {}, make("tr", {}, ...head)), make("tbody", {}, ...rows));
}

// ---- hands
let waiting = 0;
byId("search").addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(choose, 120); });
byId("filters").addEventListener("change", choose);
byId("filters").addEventListener("submit", (event) => event.preventDefault());
byId("more-button").addEventListener("click", (event) => {
  const open = event.currentTarget.getAttribute("aria-expanded") === "true";
  event.currentTarget.setAttribute("aria-expanded", String(!open));
});
byId("clear").addEventListener("click", () => { byId("filters").reset(); choose(); });
list.addEventListener("scroll", () => requestAnimationFrame(draw), { passive: true });
addEventListener("resize", draw);
track.addEventListener("click", (event) => {
  const row = event.target.closest(".row");
  if (row) { list.focus({ preventScroll: true }); open(Number(row.dataset.place)); }
});
const page = () => Math.max(1, Math.floor(list.clientHeight / HEIGHT) - 1);
const KEYS = {
  ArrowDown: () => current + 1, ArrowUp: () => current - 1, j: () => current + 1, k: () => current - 1, Enter: () => current,
  PageDown: () => current + page(), PageUp: () => current - page(), Home: () => 0, End: () => shown.length - 1,
};
const wideEnough = () => !matchMedia("(max-width: 760px)").matches;
list.addEventListener("keydown", (event) => {
  const to = KEYS[event.key];
  if (!to || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  (event.key === "Enter" || wideEnough() ? open : go)(to());
});
addEventListener("keydown", (event) => {
  if (event.key === "/" && !/INPUT|SELECT/.test(document.activeElement.tagName)) { event.preventDefault(); close(); byId("search").focus(); }
  if (event.key === "Escape") close();
});
function openLinked() {
  const i = parseInt(location.hash.slice(1), 10);
  if (!(i >= 0 && i < count)) return false;
  if (!shown.includes(i)) { byId("filters").reset(); choose(); }
  open(shown.indexOf(i));
  return true;
}
addEventListener("hashchange", openLinked);
fill("model", "all models"); fill("category", "all categories"); fill("verdict", "any verdict"); fill("code", "any error");
choose();
if (!openLinked() && wideEnough()) open(0);
document.documentElement.dataset.ready = Math.round(performance.now());
