// @ts-check
/** Quick add: what was typed is kept until the server has it, whatever happens meanwhile; chips turn back into words. */

/** @type {(selector: string, from?: ParentNode) => HTMLElement | null} */
const one = (selector, from = document) => from.querySelector(selector);
/** @param {string} name @param {object} [detail] */
const emit = (name, detail = {}) => document.dispatchEvent(new CustomEvent(`todos:${name}`, { detail }));
/** @type {() => HTMLTextAreaElement | null} */
const field = () => /** @type {HTMLTextAreaElement | null} */ (one("#quick-add-text"));
const action = () => one("#quick-add")?.getAttribute("action");
const rowIds = () => new Set([...document.querySelectorAll("#main .todos-row")].map((row) => row.id));

const KEY = `todos-unsent:${document.body.dataset.todosUser ?? ""}`;
/** @returns {string[]} */
const unsent = () => JSON.parse(sessionStorage.getItem(KEY) ?? "[]");
/** @param {string[]} texts */
const keep = (texts) => (texts.length ? sessionStorage.setItem(KEY, JSON.stringify(texts)) : sessionStorage.removeItem(KEY));

/** Where the caret goes when a chip has been turned back into words. */
let caret = -1;
/** @type {Set<string> | null} */
let before = null;

function changed() {
  const text = field();
  if (!text) return;
  const lines = text.value.split("\n").filter((line) => line.trim()).length;
  const words = one("#todos-texts")?.dataset ?? {};
  const button = one("#quick-add [type=submit]");
  if (button) button.textContent = lines > 1 ? (words.addMany ?? "").replace("{count}", String(lines)) : words.add ?? "";
  if (CSS.supports("field-sizing", "content")) return;
  text.style.blockSize = "auto";
  text.style.blockSize = `${text.scrollHeight}px`;
}

/** What was not taken stands in the field again, before what has been typed since. */
function giveBack() {
  const text = field();
  if (!text) return;
  text.value = [...unsent(), text.value].filter((line) => line.trim()).join("\n");
  keep([]);
  changed();
}

document.addEventListener("todos:sending", (event) => {
  const text = field();
  if (/** @type {CustomEvent} */ (event).detail.form.id !== "quick-add" || !text) return;
  keep([...unsent(), text.value]);
  text.value = "";
  /** @type {any} */ (window).htmx.trigger(text, "htmx:abort");
  one("#quick-add-chips")?.replaceChildren();
  changed();
});

document.addEventListener("todos:unsent", (event) => {
  if (/** @type {CustomEvent} */ (event).detail.url === action()) giveBack();
});

document.addEventListener("htmx:beforeSwap", (event) => {
  const { detail } = /** @type {CustomEvent} */ (event);
  // A preview that was under way when its words were added.
  if (detail.target.id === "quick-add-chips" && !field()?.value.trim()) detail.shouldSwap = false;
  if (detail.requestConfig.path !== action()) return;
  const [, ...later] = unsent(); // the first is taken; or refused, and then it comes back with its form
  keep(later);
  if (detail.target.id === "main") before = rowIds();
  else if (detail.target.id === "quick-add" && field()?.value) keep([...later, field()?.value ?? ""]);
});

document.addEventListener("htmx:afterSwap", (event) => {
  const { target, xhr } = /** @type {CustomEvent} */ (event).detail;
  if (target?.id !== "quick-add" || xhr.status !== 422) return;
  const text = field();
  const typed = unsent(); // what was typed while the line was under way
  if (text && typed.length) text.value = [text.value, ...typed].join("\n");
  keep([]);
  changed();
  text?.focus();
});

document.addEventListener("htmx:afterSwap", (event) => {
  if (!before || /** @type {CustomEvent} */ (event).detail.target.id !== "main") return;
  const fresh = [...rowIds()].find((id) => !before?.has(id));
  before = null;
  if (!fresh) return;
  document.body.dataset.todosActed = fresh;
  one("#message-bar")?.remove(); // it is there to be seen
  emit("say", { name: "added", values: { title: one(`#${CSS.escape(fresh)} .todos-title`)?.textContent?.trim() } });
});

document.addEventListener("htmx:afterSettle", (event) => {
  if (/** @type {HTMLElement} */ (event.target).id !== "quick-add-chips" || caret < 0) return;
  field()?.focus();
  field()?.setSelectionRange(caret, caret);
  caret = -1;
});

document.addEventListener("click", (event) => {
  const target = /** @type {Element} */ (event.target);
  const chip = /** @type {HTMLElement | null} */ (target.closest(".todos-chip"));
  if (chip) caret = Number(chip.dataset.todosEnd ?? -1);
  if (target.closest("[data-todos-add]") && field()) return event.preventDefault(), field()?.focus();
  if (target.closest(".todos-quick") && !target.closest("button, textarea")) field()?.focus();
});

document.addEventListener("keydown", (event) => {
  if (event.target !== field() || event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  if (field()?.value.trim()) field()?.form?.requestSubmit();
});

document.addEventListener("input", (event) => event.target === field() && changed());
document.addEventListener("todos:swapped", changed);

if (unsent().length) giveBack();
else changed();
