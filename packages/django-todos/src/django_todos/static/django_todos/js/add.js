// @ts-check
/** Quick add over any page (`q`, +), and in its place under a day of Upcoming. The form comes from where the link leads. */

/** @type {(selector: string, from?: ParentNode) => HTMLElement | null} */
const one = (selector, from = document) => from.querySelector(selector);
const DRAFT = `todos-draft:${document.body.dataset.todosUser ?? ""}`;
const over = document.createElement("dialog");
over.className = "todos-over";
over.id = "todos-over";
over.setAttribute("closedby", "any");
(one("[data-todos-user].todos") ?? document.body).append(over);
/** @type {(from: ParentNode) => HTMLTextAreaElement | null} */
const textOf = (from) => /** @type {HTMLTextAreaElement | null} */ (one("textarea", from));
let stays = false;

/**
 * Ask for the form; what is typed meanwhile goes into it.
 * @param {HTMLElement} place
 * @param {string} url
 */
async function fill(place, url) {
  const bare = Object.assign(document.createElement("textarea"), { className: "todos-quick-text", rows: 1, ariaLabel: one("#todos-texts")?.dataset.add ?? "" });
  bare.value = place === over ? sessionStorage.getItem(DRAFT) ?? "" : "";
  place.replaceChildren(bare);
  if (place === over) over.showModal();
  bare.focus();
  await /** @type {any} */ (window).htmx.ajax("GET", url, { source: place, target: place, swap: "innerHTML" });
  const text = textOf(place);
  if (!text || text === bare) return;
  text.value = bare.value;
  text.focus();
  text.dispatchEvent(new Event("input", { bubbles: true }));
}

over.addEventListener("close", () => sessionStorage.setItem(DRAFT, textOf(over)?.value ?? ""));

document.addEventListener("keydown", (event) => {
  const text = /** @type {HTMLTextAreaElement} */ (event.target);
  if (event.key !== "Enter" || !event.shiftKey || !over.contains(text) || !text.matches("textarea")) return;
  event.preventDefault();
  stays = true;
  if (text.value.trim()) text.form?.requestSubmit();
});

document.addEventListener("todos:sending", (event) => {
  const { form } = /** @type {CustomEvent} */ (event).detail;
  if (form.closest(".todos-day-form")) textOf(form)?.focus(); // its button goes with its text
  if (!over.contains(form)) return;
  if (!stays && !textOf(over)?.value) over.close();
  stays = false;
});

const again = () => {
  if (over.open || !textOf(over)?.value) return;
  over.showModal();
  textOf(over)?.focus();
};
document.addEventListener("todos:unsent", again);
document.addEventListener("htmx:afterSwap", (event) => {
  const { target, xhr } = /** @type {CustomEvent} */ (event).detail;
  if (target?.id === "quick-add-over" && xhr.status === 422) again();
});

/* Its foot: the list and the day that it will land in. */

/** @param {string} name @param {string} value */
function land(name, value) {
  const text = textOf(over);
  /** @type {HTMLInputElement} */ (one(`[name=${name}]`, over)).value = value;
  /** @type {any} */ (window).htmx.ajax("POST", text?.getAttribute("hx-post"), { source: text, target: one(".todos-chips", over), swap: "outerHTML" }).catch(() => {}); // it is added before it was read
}

over.addEventListener("click", (event) => {
  const home = /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest("[data-todos-home]"));
  if (!home) return;
  fold();
  land("list", home.dataset.todosHome ?? "");
});

/** Close the lists, where they are open. */
function fold() {
  const menu = one("#quick-add-foot details[open]");
  menu?.removeAttribute("open");
  one("summary", menu ?? undefined)?.focus();
  return !!menu;
}

over.addEventListener("keydown", (event) => {
  const at = /** @type {HTMLElement} */ (event.target);
  const items = /** @type {HTMLElement[]} */ ([...over.querySelectorAll("#quick-add-foot details[open] :is(summary, button)")]);
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (event.key === "Escape" ? fold() : step && items.includes(at)) event.preventDefault();
  if (step && items.includes(at)) items.at((items.indexOf(at) + step) % items.length)?.focus();
});

over.addEventListener("todos:date", (event) => {
  event.preventDefault();
  const { date, time, words } = /** @type {CustomEvent} */ (event).detail;
  const text = textOf(over);
  if (text && time) text.value = `${text.value} ${words}`.trim(); // a time belongs to the line
  /** @type {HTMLElement} */ (event.target).dataset.date = date;
  land("due", date);
});

/* Under a day: the form stays there, open or folded away with its text, while the page around it changes. */

/** @type {Map<string, HTMLElement>} */
const days = new Map();
let within = "";

/** @param {HTMLElement} link @param {string} day */
function openDay(link, day) {
  const found = days.get(day);
  const place = found ?? Object.assign(document.createElement("div"), { className: "todos-day-form" });
  days.set(day, place);
  link.hidden = true;
  place.hidden = false;
  if (found?.isConnected) return textOf(place)?.focus();
  link.after(place);
  if (!found) void fill(place, `${/** @type {HTMLAnchorElement} */ (link).href}&at=-day`);
}

document.addEventListener("todos:escape", (event) => {
  const [day, place] = [...days].find(([, one]) => one.contains(document.activeElement)) ?? [];
  if (!place) return;
  event.preventDefault();
  place.hidden = true;
  const link = one(`[data-todos-day-add="${day}"]`);
  if (link) link.hidden = false;
  link?.focus();
});

document.addEventListener("htmx:beforeSwap", (event) => {
  const { target, shouldSwap } = /** @type {CustomEvent} */ (event).detail;
  if (target.id !== "main" || !shouldSwap) return;
  within = [...days].find(([, place]) => place.contains(document.activeElement))?.[0] ?? "";
  days.forEach((place) => place.remove());
});

document.addEventListener("todos:swapped", () => {
  days.forEach((place, day) => {
    const link = one(`[data-todos-day-add="${day}"]`);
    if (!link || place.hidden) return;
    link.hidden = true;
    link.after(place);
  });
  const place = days.get(within);
  if (place) textOf(place)?.focus();
});

document.addEventListener("click", (event) => {
  const link = /** @type {HTMLAnchorElement | null} */ (/** @type {Element} */ (event.target).closest("[data-todos-add]"));
  if (!link || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  const { todosDayAdd: day } = link.dataset;
  if (day) openDay(link, day);
  else if (!over.open) void fill(over, link.href);
});
