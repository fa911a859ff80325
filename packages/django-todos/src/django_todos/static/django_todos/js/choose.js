// @ts-check
/**
 * A select as a popover: who, which list. Its options stand in a listbox, each with its mark, from eight on with a field
 * that filters them; the select behind it is what is sent. Where the popover stands is todo.js's matter.
 */

/** @type {(selector: string, from?: ParentNode) => HTMLElement | null} */
const one = (selector, from = document) => from.querySelector(selector);
const SEARCHED = 8;
const WIDE = matchMedia("(min-width: 56rem)"); // as todo.js: no keyboard of a phone opens by itself
const POP = ".todos-choices";

/** @param {Element} pop */
const list = (pop) => /** @type {HTMLElement} */ (one("[role=listbox]", pop));
/** @param {Element} pop */
const search = (pop) => /** @type {HTMLInputElement} */ (one("[role=combobox]", pop));
/** @param {Element} pop */
const select = (pop) => /** @type {HTMLSelectElement} */ (pop.nextElementSibling);
/** @param {Element} pop */
const shown = (pop) => /** @type {HTMLElement[]} */ ([...list(pop).children]).filter((option) => !option.hidden);
/** @param {Element} pop */
const pointed = (pop) => shown(pop).find((option) => option.ariaSelected === "true");
const plain = (/** @type {string | null} */ text) => (text ?? "").trim().toLocaleLowerCase().normalize("NFD").replace(/\p{M}/gu, "");

/** An option's mark and its words. @param {HTMLOptionElement} option */
function words({ dataset: { css, mark = "" }, text }) {
  const said = Object.assign(document.createElement("bdi"), { textContent: text });
  return css ? [Object.assign(document.createElement("span"), { className: css, textContent: mark, ariaHidden: "true" }), said] : [said];
}

/** The button says what its select holds. @param {Element} pop */
function draw(pop) {
  const button = one(".todos-chosen", pop.previousElementSibling ?? pop);
  const option = select(pop).selectedOptions[0];
  if (!button || !option) return;
  button.replaceChildren(...(option.value ? words(option) : [button.dataset.none ?? ""]));
  button.parentElement?.classList.toggle("todos-val-none", !option.value);
}

/** @param {Element} pop @param {HTMLElement | undefined} option */
function point(pop, option) {
  for (const other of list(pop).children) other.ariaSelected = String(other === option);
  for (const from of [search(pop), list(pop)])
    if (option) from.setAttribute("aria-activedescendant", option.id);
    else from.removeAttribute("aria-activedescendant");
  option?.scrollIntoView({ block: "nearest" });
}

/** @param {Element} pop */
function fill(pop) {
  const { options, selectedIndex } = select(pop);
  list(pop).replaceChildren(...[...options].map((option, n) => {
    const made = Object.assign(document.createElement("div"), { role: "option", id: `${pop.id}-${n}` });
    if (n === selectedIndex) made.dataset.chosen = "";
    made.append(...words(option));
    return made;
  }));
  search(pop).value = "";
  search(pop).hidden = options.length < SEARCHED;
  // Focused by the opening itself: `toggle` comes later, and a key pressed before it would go to the button.
  search(pop).autofocus = !search(pop).hidden && WIDE.matches;
  list(pop).autofocus = !search(pop).autofocus;
  point(pop, shown(pop)[selectedIndex]);
}

/** @param {Element} pop */
function filter(pop) {
  const typed = plain(search(pop).value);
  for (const option of /** @type {HTMLCollectionOf<HTMLElement>} */ (list(pop).children))
    option.hidden = !plain(one("bdi", option)?.textContent ?? "").includes(typed);
  const fits = shown(pop);
  point(pop, fits.find((option) => plain(one("bdi", option)?.textContent ?? "").startsWith(typed)) ?? fits[0]);
}

/** @param {HTMLElement} pop @param {HTMLElement | undefined} option */
function take(pop, option) {
  if (!option) return;
  const field = select(pop);
  const isNew = field.selectedIndex !== [...list(pop).children].indexOf(option);
  field.selectedIndex = [...list(pop).children].indexOf(option);
  draw(pop);
  pop.hidePopover(); // the focus is on the button again
  if (isNew) for (const name of ["input", "change"]) field.dispatchEvent(new Event(name, { bubbles: true }));
}

/** @param {EventTarget | null} at */
const popOf = (at) => /** @type {HTMLElement | null} */ (at instanceof Element ? at.closest(POP) : null);

document.addEventListener("beforetoggle", (event) => {
  const pop = /** @type {HTMLElement} */ (event.target);
  if (pop.matches(POP) && /** @type {ToggleEvent} */ (event).newState === "open") fill(pop);
}, true);
document.addEventListener("input", (event) => {
  const pop = popOf(event.target);
  if (pop) filter(pop);
});
document.addEventListener("click", (event) => {
  const pop = popOf(event.target);
  if (pop) take(pop, /** @type {HTMLElement | undefined} */ (/** @type {Element} */ (event.target).closest("[role=option]") ?? undefined));
});

document.addEventListener("keydown", (event) => {
  const pop = popOf(event.target);
  if (!pop || event.isComposing || /** @type {Element} */ (event.target).matches("button")) return;
  const options = shown(pop);
  const at = options.indexOf(/** @type {HTMLElement} */ (pointed(pop)));
  const isTyping = event.target === search(pop);
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) point(pop, options.at((at < 0 && step < 0 ? -1 : at + step) % (options.length || 1)));
  else if (event.key === "Enter" || (event.key === " " && !isTyping)) take(pop, pointed(pop));
  else if (!isTyping && /^(Home|End)$/.test(event.key)) point(pop, options.at(event.key === "Home" ? 0 : -1));
  else if (!isTyping && event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey) {
    if (!search(pop).hidden) return search(pop).focus(); // and the letter goes there
    point(pop, [...options.slice(at + 1), ...options].find((option) => plain(one("bdi", option)?.textContent ?? "").startsWith(plain(event.key))) ?? pointed(pop));
  } else return;
  event.preventDefault();
}, true);

document.addEventListener("todos:restored", () => document.querySelectorAll(POP).forEach(draw));
document.querySelectorAll(`${POP}:popover-open`).forEach(fill); // opened before this was there
