// @ts-check
/** The settings: what is chosen is saved at once, a time zone is found by its city. Loaded by their page alone. */

/** @type {(selector: string, from?: ParentNode) => HTMLElement | null} */
const one = (selector, from = document) => from.querySelector(selector);
/** @param {string} name @param {object} detail */
const emit = (name, detail) => document.dispatchEvent(new CustomEvent(`todos:${name}`, { detail }));
const SHOWN = 8;

/** What the section that was saved last had said before, field by field. @type {{form: string, field: string, was: (string | boolean)[]} | null} */
let before = null;
let undoing = false;
const fields = (/** @type {HTMLFormElement} */ form) => /** @type {HTMLInputElement[]} */ ([...form.elements].filter((field) => "name" in field && field.name));
const isChoice = (/** @type {HTMLInputElement} */ field) => /^(radio|checkbox)$/.test(field.type);
/** What a field said as the page came. @param {HTMLInputElement} field */
const came = (field) => (isChoice(field) ? field.defaultChecked : field instanceof HTMLSelectElement ? [...field.options].find((one) => one.defaultSelected)?.value ?? "" : field.defaultValue);

/** @param {HTMLFormElement} form @param {string} field */
function save(form, field) {
  const { theme, shortcuts } = /** @type {any} */ (form.elements);
  if (theme) document.documentElement.dataset.theme = theme.value;
  if (shortcuts) document.body.toggleAttribute("data-todos-shortcuts", shortcuts.checked);
  before = { form: form.id, field, was: fields(form).map(came) };
  form.requestSubmit(); // (one that was swapped away meanwhile sends nothing)
}

function undo() {
  const form = /** @type {HTMLFormElement | null} */ (one(`#${before?.form}`));
  if (!form || !before) return;
  undoing = true;
  fields(form).forEach((field, n) => (isChoice(field) ? (field.checked = !!before?.was[n]) : field.name !== "csrfmiddlewaretoken" && (field.value = String(before?.was[n]))));
  const field = /** @type {HTMLInputElement | null} */ (document.getElementById(before.field));
  (field?.type === "radio" ? one(`[name=${field.name}]:checked`, form) : field)?.focus();
  save(form, before.field);
}

document.addEventListener("change", ({ target }) => {
  const field = /** @type {HTMLInputElement} */ (target);
  if (!field.form?.matches("[data-todos-settings]")) return;
  if (field.name === "language") field.form.submit(); // every word of the page changes
  else save(field.form, field.id);
});

document.addEventListener("todos:sending", () => one("#settings-saved")?.replaceChildren());

document.addEventListener("htmx:afterSwap", ({ target }) => {
  const place = /** @type {Element} */ (target);
  if (place.id === "main") mark();
  const saved = place.id === "main" ? one("#settings-saved > span") : null; // (the sidebar comes with it)
  const text = one("[data-todos-settings] .todos-error")?.textContent ?? (undoing ? saved?.parentElement?.dataset.undone : saved?.textContent);
  if (text) emit("say", { text: text.trim() });
  if (saved && undoing) saved.textContent = text ?? "";
  else if (saved && before) {
    const back = Object.assign(document.createElement("button"), { type: "button", textContent: saved.parentElement?.dataset.undo, onclick: undo });
    back.dataset.todosUndo = "";
    saved.after(Object.assign(document.createElement("span"), { textContent: "·", ariaHidden: "true" }), back);
  }
  undoing = false;
});

/** Which section one has gone to. */
function mark() {
  const links = document.querySelectorAll(".todos-settings-nav a");
  const here = [...links].find((link) => link.getAttribute("href") === location.hash) ?? links[0];
  links.forEach((link) => (link === here ? link.setAttribute("aria-current", "true") : link.removeAttribute("aria-current")));
}
addEventListener("hashchange", mark);
mark();

/* The cities: a combobox over the page's datalist, which is what there is without this. */

const city = (/** @type {EventTarget | null} */ target) =>
  /** @type {HTMLInputElement | null} */ (target instanceof HTMLInputElement && target.name === "time_zone" ? target : null);
const list = (/** @type {HTMLInputElement} */ field) => one(".todos-sugg", field.parentElement ?? document);
const plain = (/** @type {string} */ text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
const clock = (/** @type {string} */ timeZone) => {
  const hour12 = /** @type {HTMLInputElement | null} */ (one("[name=hour_cycle]:checked"))?.value === "12";
  try {
    return new Intl.DateTimeFormat(document.documentElement.lang, { timeZone, hour: hour12 ? "numeric" : "2-digit", minute: "2-digit", hour12 }).format();
  } catch {
    return ""; // a zone that this browser doesn't have
  }
};

/** @param {HTMLInputElement} field */
function close(field) {
  list(field)?.remove();
  field.setAttribute("aria-expanded", "false");
  field.removeAttribute("aria-activedescendant");
}

/** @param {HTMLInputElement} field */
function offer(field) {
  close(field);
  const typed = plain(field.value.trim());
  const places = /** @type {HTMLOptionElement[]} */ ([...document.querySelectorAll("#cities option")]);
  const rank = (/** @type {HTMLOptionElement} */ place) => (plain(place.value).startsWith(typed) ? 0 : plain(`${place.value} ${place.label}`).includes(typed) ? 1 : 2);
  const found = typed ? places.filter((place) => rank(place) < 2).sort((a, b) => rank(a) - rank(b)).slice(0, SHOWN) : [];
  if (!found.length) return;
  const box = Object.assign(document.createElement("div"), { className: "todos-sugg", id: "cities-found" });
  box.setAttribute("role", "listbox");
  box.setAttribute("aria-label", field.labels?.[0]?.textContent ?? "");
  found.forEach((place, n) => {
    const option = Object.assign(document.createElement("div"), { id: `city-${n}` });
    option.setAttribute("role", "option");
    option.dataset.city = place.value;
    option.append(Object.assign(document.createElement("span"), { textContent: place.value }));
    option.append(Object.assign(document.createElement("span"), { className: "todos-quiet todos-num", textContent: clock(place.label) }));
    box.append(option);
  });
  field.after(box);
  field.setAttribute("aria-expanded", "true");
  point(field, box.firstElementChild);
}

/** @param {HTMLInputElement} field @param {Element | null | undefined} option */
function point(field, option) {
  if (!option) return;
  for (const other of option.parentElement?.children ?? []) other.setAttribute("aria-selected", String(other === option));
  field.setAttribute("aria-activedescendant", option.id);
  option.scrollIntoView({ block: "nearest" });
}

/** @param {HTMLInputElement} field @param {Element | null} option */
function take(field, option) {
  if (option instanceof HTMLElement) field.value = option.dataset.city ?? "";
  close(field);
  if (field.form) save(field.form, field.id);
}

document.addEventListener("focusin", ({ target }) => {
  const field = city(target);
  if (!field || field.role === "combobox") return;
  field.removeAttribute("list");
  Object.assign(field, { role: "combobox", ariaAutoComplete: "list", ariaExpanded: "false" });
  field.setAttribute("aria-controls", "cities-found");
  field.select();
});
document.addEventListener("input", ({ target }) => city(target) && offer(/** @type {HTMLInputElement} */ (target)));
document.addEventListener("focusout", ({ target }) => city(target) && close(/** @type {HTMLInputElement} */ (target)));
document.addEventListener("keydown", (event) => {
  const field = city(event.target);
  if (!field || event.isComposing) return;
  const options = [...(list(field)?.children ?? [])];
  const at = options.findIndex((option) => option.getAttribute("aria-selected") === "true");
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step && options.length) point(field, options[(at + step + options.length) % options.length]);
  else if (event.key === "Enter") take(field, options[at] ?? null);
  else if (event.key === "Escape" && options.length) close(field);
  else return;
  event.preventDefault();
  event.stopPropagation();
}, true);
document.addEventListener("pointerdown", (event) => {
  const option = /** @type {Element} */ (event.target).closest(".todos-sugg [data-city]");
  const field = option && city(option.closest(".todos-combo")?.querySelector("input") ?? null);
  if (!field) return;
  event.preventDefault(); // the field keeps the focus
  take(field, option);
});
