// @ts-check
/** Quick add: what was typed is kept until the server has it, whatever happens meanwhile; chips turn back into words. */

/** @type {(selector: string, from?: ParentNode | null) => HTMLElement | null} */
const one = (selector, from = document) => from?.querySelector(selector) ?? null;
/** @param {string} name @param {object} [detail] */
const emit = (name, detail = {}) => document.dispatchEvent(new CustomEvent(`todos:${name}`, { detail }));
/** @type {(at: EventTarget | null) => HTMLFormElement | null} */
const formOf = (at) => /** @type {Element | null} */ (at)?.closest?.(".todos-quick-form") ?? null;
/** @type {(form: Element | null) => HTMLTextAreaElement | null} */
const textOf = (form) => /** @type {HTMLTextAreaElement | null} */ (one("[name=text]", form));
const rowIds = () => new Set([...document.querySelectorAll("#main .todos-row")].map((row) => row.id));
/** @param {string} text */
const linesOf = (text) => text.split("\n").filter((line) => line.trim());

const KEY = `todos-unsent:${document.body.dataset.todosUser ?? ""}`;
/** What is under way, first in first out: the form's id and its text. @returns {string[][]} */
const unsent = () => JSON.parse(sessionStorage.getItem(KEY) ?? "[]");
/** @param {string[][]} texts */
const keep = (texts) => (texts.length ? sessionStorage.setItem(KEY, JSON.stringify(texts)) : sessionStorage.removeItem(KEY));

const texts = one("#todos-texts")?.dataset ?? {};
const MOST = Number(texts.maxLines);
/** The address that the forms are posted to, once one was. */
let action = "";
/** What is left of too many lines. */
let rest = "";
/** Where the caret goes when a chip has been turned back into words. */
let caret = -1;
let left = Infinity;
/** @type {Set<string> | null} */
let before = null;

/** As many lines as can be added at once, without those whose subtasks would be left behind. @param {string[]} lines */
function whole(lines) {
  let n = Math.min(lines.length, MOST);
  while (n && /^\s/.test(lines[n] ?? "")) n -= 1;
  return n || MOST;
}

/** @param {Element | null} form */
function changed(form) {
  const text = textOf(form);
  if (!text) return;
  const lines = linesOf(text.value);
  const button = one(".todos-btn-main", form);
  const words = lines.length > MOST ? texts.addFirst : lines.length > 1 ? texts.addMany : texts.add;
  if (button) button.textContent = (words ?? "").replace("{first}", String(whole(lines))).replace("{count}", lines.length.toLocaleString());
  if (CSS.supports("field-sizing", "content")) return;
  text.style.blockSize = "auto";
  text.style.blockSize = `${text.scrollHeight}px`;
}

/** Put a text into its form, or the page's, and have it read. @param {string} id @param {string} value */
function put(id, value) {
  const text = textOf(document.getElementById(id) ?? one(".todos-quick-form"));
  if (!text) return false;
  text.value = value;
  text.dispatchEvent(new Event("input", { bubbles: true }));
  return true;
}

/** What was not taken stands in the field again, before what has been typed since. */
function giveBack() {
  const kept = unsent();
  const id = kept[0]?.[0] ?? "";
  const since = textOf(document.getElementById(id) ?? one(".todos-quick-form"))?.value ?? "";
  if (kept.length && put(id, [...kept.map(([, text]) => text), since].filter((text) => text.trim()).join("\n"))) keep([]);
}

addEventListener("submit", (event) => { // before it is sent
  const text = textOf(formOf(event.target));
  const lines = linesOf(text?.value ?? "");
  if (!text || lines.length <= MOST) return;
  text.value = lines.slice(0, whole(lines)).join("\n");
  rest = lines.slice(whole(lines)).join("\n");
}, true);

document.addEventListener("todos:sending", (event) => {
  const form = formOf(/** @type {CustomEvent} */ (event).detail.form);
  const text = textOf(form);
  if (!form || !text) return;
  action = form.getAttribute("action") ?? "";
  keep([...unsent(), [form.id, text.value]]);
  /** @type {any} */ (window).htmx.trigger(text, "htmx:abort");
  one(".todos-chips", form)?.replaceChildren();
  one(".todos-limit", form)?.replaceChildren();
  text.value = rest;
  if (rest) put(form.id, rest);
  else changed(form);
  rest = "";
});

document.addEventListener("todos:unsent", (event) => {
  if (/** @type {CustomEvent} */ (event).detail.url === action) giveBack();
});

document.addEventListener("htmx:beforeSwap", (event) => {
  const { detail } = /** @type {CustomEvent} */ (event);
  const { target } = detail;
  // A preview of other words: it was under way when these were typed, or those were added.
  if (target.matches(".todos-chips") && textOf(formOf(target))?.value !== detail.requestConfig.formData.get("text")) detail.shouldSwap = false;
  if (detail.requestConfig.path !== action) return;
  const [, ...later] = unsent(); // the first is taken; or refused, and then it comes back with its form
  const since = formOf(target) ? textOf(target)?.value : "";
  keep(since ? [...later, [target.id, since]] : later);
  if (target.id === "main") before = rowIds();
});

document.addEventListener("htmx:afterSwap", (event) => {
  const { target, xhr } = /** @type {CustomEvent} */ (event).detail;
  if (xhr.status !== 422 || !target?.id.startsWith("quick-add")) return;
  const text = textOf(document.getElementById(target.id));
  if (!text) return;
  const typed = unsent().map(([, value]) => value); // while the line was under way
  keep([]);
  if (typed.length) put(target.id, [text.value, ...typed].join("\n"));
  else changed(formOf(text));
  text.focus();
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
  const chips = /** @type {HTMLElement} */ (event.target);
  if (!chips.matches?.(".todos-chips")) return;
  const limit = one(".todos-limit", formOf(chips));
  const now = Number(limit?.dataset.todosLeft);
  if ([50, 20, 0].some((mark) => left > mark && now <= mark)) emit("say", { text: one("span", limit)?.textContent?.trim() });
  left = now;
  if (caret < 0) return;
  const text = textOf(formOf(chips));
  text?.focus();
  text?.setSelectionRange(caret, caret);
  caret = -1;
});

document.addEventListener("click", (event) => {
  const target = /** @type {Element} */ (event.target);
  const chip = /** @type {HTMLElement | null} */ (target.closest(".todos-chip"));
  if (chip) caret = Number(chip.dataset.todosEnd ?? -1);
  if (target.closest(".todos-quick") && !target.closest("button, textarea")) textOf(formOf(target))?.focus();
});

document.addEventListener("keydown", (event) => {
  const text = /** @type {HTMLTextAreaElement} */ (event.target);
  if (!text.matches(".todos-quick-text") || event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  if (text.value.trim()) text.form?.requestSubmit();
});

const all = () => document.querySelectorAll(".todos-quick-form").forEach(changed);
document.addEventListener("input", (event) => changed(formOf(event.target)));
document.addEventListener("todos:swapped", all);

all();
giveBack();
