// @ts-check
/**
 * The labels of an open todo as chips, with a combobox that suggests the list's own. What is chosen stands in the field of
 * names that there is without this, which save.js saves.
 */

/** @type {(selector: string, from?: ParentNode) => HTMLElement | null} */
const one = (selector, from = document) => from.querySelector(selector);
/** @type {(selector: string) => HTMLElement[]} */
const all = (selector) => [...document.querySelectorAll(selector)].map((found) => /** @type {HTMLElement} */ (found));
/** @param {string} name @param {object} [detail] */
const emit = (name, detail = {}) => document.dispatchEvent(new CustomEvent(`todos:${name}`, { detail }));
const SHOWN = 8;
const tags = () => /** @type {HTMLElement} */ (one("#set-labels .todos-tags"));
const field = () => /** @type {HTMLInputElement} */ (one("#set-labels [role=combobox]"));
const names = () => /** @type {HTMLInputElement} */ (one("#set-labels [name=labels]"));
const box = () => /** @type {HTMLElement} */ (one("#label-options"));
const chips = () => all("#set-labels .todos-tag");
const options = () => all("#label-options [role=option]");
const plain = (/** @type {string} */ text) => text.trim().replace(/^#/, "").toLowerCase();
const words = () => field().value.trim().replace(/^#/, "").trim();
/* In quotes what would be read otherwise, as in forms/todos.py. */
const NAME = /\s*"((?:#|[^"]*[,،、，])[^"]*)"\s*(?=[,،、，]|$)|([^,،、，]+)/g;
const chosen = () => [...names().value.matchAll(NAME)].map(([, quoted, name]) => (quoted ?? name).trim()).filter(Boolean);
/** @param {string} text @param {string} name */
const say = (text, name) => text.replace("{name}", name);

/** In which order they were chosen: the last one goes first. @type {string[]} */
let order = [];

/** The chips of what stands in the field of names; of those that there are the same. */
function draw() {
  const old = new Map(chips().map((chip) => [plain(chip.dataset.name ?? ""), chip]));
  const active = /** @type {HTMLElement} */ (document.activeElement);
  const sorted = chosen().sort((a, b) => order.indexOf(plain(a)) - order.indexOf(plain(b)));
  old.forEach((chip) => chip.remove());
  field().before(...sorted.map((name) => old.get(plain(name)) ?? chip(name)));
  if (tags().contains(active)) active.focus(); // on a chip that was moved
}

/** @param {string} name */
function chip(name) {
  const known = one(`#label-options [data-name="${CSS.escape(name)}"] > span`);
  const made = Object.assign(document.createElement("span"), { className: `todos-tag ${known?.className.match(/todos-c-\w+/) ?? ""}` });
  const off = Object.assign(document.createElement("button"), { type: "button", className: "todos-off", ariaLabel: say(tags().dataset.remove ?? "", name) });
  off.append(one("#todos-texts svg")?.cloneNode(true) ?? "×");
  made.dataset.name = name;
  made.append(Object.assign(document.createElement("bdi"), { textContent: name }), off);
  return made;
}

/** @param {string[]} wanted */
function choose(wanted) {
  order = wanted.map(plain);
  names().value = wanted.map((name) => (/^#|[,،、，]/.test(name) ? `"${name}"` : name)).join(", ");
  draw();
  for (const name of ["input", "change"]) names().dispatchEvent(new Event(name, { bubbles: true }));
}

/** @param {string} name */
function add(name) {
  field().value = "";
  if (name && !chosen().some((one) => plain(one) === plain(name))) choose([...chosen(), name]);
  offer();
}
const take = (/** @type {string} */ text) => add(text.replaceAll(/[,،、，]/g, " ").trim().replace(/^#+/, "").trim());

/** @param {HTMLElement} chip */
function remove(chip) {
  const gone = chip.dataset.name ?? "";
  const next = /** @type {HTMLElement | null} */ (chip.nextElementSibling?.querySelector(".todos-off") ?? field());
  choose(chosen().filter((name) => plain(name) !== plain(gone)));
  next?.focus();
  emit("say", { text: tags().dataset.removed?.replace("{name}", gone) });
}

/* What is suggested */

/** @param {HTMLElement | undefined} option */
function point(option) {
  options().forEach((one) => one.setAttribute("aria-selected", String(one === option)));
  if (option) field().setAttribute("aria-activedescendant", option.id);
  else field().removeAttribute("aria-activedescendant");
  option?.scrollIntoView({ block: "nearest" });
}
const shown = () => options().filter((option) => !option.hidden);
const pointed = () => shown().find((option) => option.ariaSelected === "true");

function offer() {
  const typed = plain(words());
  const have = new Set(chosen().map(plain));
  const fits = options().filter(({ dataset: { name } }) => name !== undefined && !have.has(plain(name)) && plain(name).includes(typed));
  fits.sort((a, b) => Number(plain(b.dataset.name ?? "").startsWith(typed)) - Number(plain(a.dataset.name ?? "").startsWith(typed)));
  options().forEach((option) => (option.hidden = !fits.slice(0, SHOWN).includes(option)));
  const create = one("[data-create]", box());
  if (create) {
    create.hidden = !typed || have.has(typed) || fits.some(({ dataset }) => plain(dataset.name ?? "") === typed);
    /** @type {HTMLElement} */ (create.lastElementChild).textContent = say(create.dataset.create ?? "", words());
    box().append(...fits, create);
  }
  const isOpen = document.activeElement === field() && shown().length > 0;
  box().hidden = !isOpen;
  field().ariaExpanded = String(isOpen);
  point(typed ? fits[0] ?? create ?? undefined : undefined);
}

function shut() {
  box().hidden = true;
  field().ariaExpanded = "false";
  point(undefined);
}

/** A label that there is, or what was typed. */
const pick = (/** @type {HTMLElement | undefined} */ option = pointed()) =>
  option?.dataset.name === undefined ? take(words()) : add(option.dataset.name);

document.addEventListener("focusin", async (event) => {
  if (event.target !== field()) return;
  if (!("all" in box().dataset)) await /** @type {any} */ (window).htmx.ajax("GET", tags().dataset.src, { source: tags(), target: box(), swap: "outerHTML" }).catch(() => {}); // offline there are none
  if (document.activeElement === field()) offer();
});

document.addEventListener("input", (event) => {
  if (event.target !== field()) return;
  const parts = field().value.split(/[,،、，\s]+/);
  if (parts.length < 2 || !parts[0]) return offer();
  field().value = parts[0];
  offer();
  if (parts.length === 2 && !parts[1]) return pick(); // a comma or a space ends it
  parts.filter(Boolean).forEach(take); // many at once were pasted
});

document.addEventListener("keydown", (event) => {
  if (event.target !== field() || event.isComposing) return;
  const at = shown().indexOf(/** @type {HTMLElement} */ (pointed()));
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step && box().hidden) offer();
  else if (step) point(shown().at((at < 0 && step < 0 ? -1 : at + step) % (shown().length || 1)));
  else if (event.key === "Enter") pick();
  else if (event.key === "Escape" && !box().hidden) shut(), event.stopPropagation();
  else if (event.key === "Backspace" && !field().value && chips().length) remove(/** @type {HTMLElement} */ (chips().at(-1)));
  else return;
  event.preventDefault();
}, true);

document.addEventListener("pointerdown", (event) => {
  const target = /** @type {Element} */ (event.target);
  if (target.closest("#label-options")) event.preventDefault(); // the field keeps the focus
});
document.addEventListener("click", (event) => {
  const target = /** @type {Element} */ (event.target);
  const option = /** @type {HTMLElement | null} */ (target.closest("#label-options [role=option]"));
  const off = target.closest("#set-labels .todos-tag > .todos-off");
  if (option) pick(option);
  else if (off) remove(/** @type {HTMLElement} */ (off.parentElement));
  else if (target.matches("#set-labels .todos-tags")) field().focus();
});

/* Its set is replaced when it was saved: what is being typed stays, and the focus, though an answer may be older than the chips. */

let typed = "";
let isSwapping = false;
/** The name on the chip that has the focus, or nothing for the field. @type {string | undefined} */
let held;
document.addEventListener("htmx:beforeSwap", () => {
  if (!tags()) return;
  const active = document.activeElement;
  isSwapping = true;
  typed = field().value;
  held = active === field() ? "" : chips().find((chip) => chip.contains(active))?.dataset.name;
});
document.addEventListener("todos:restored", () => {
  if (!tags()) return;
  draw();
  if (held === undefined || document.activeElement !== document.body) return;
  field().value = typed;
  (one(`[data-name="${CSS.escape(held)}"] > .todos-off`, tags()) ?? field()).focus();
});
document.addEventListener("htmx:afterRequest", () => (isSwapping = false));
document.addEventListener("focusout", (event) => {
  if (event.target !== field() || isSwapping) return;
  shut();
  if (words()) take(words());
});
if (tags()) draw();
