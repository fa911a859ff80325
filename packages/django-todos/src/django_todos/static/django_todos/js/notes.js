// @ts-check
/** The notes of an open todo: rendered, until a click, Enter or `e` turns them into their field; with a few tools for Markdown. */

/** @type {(selector: string, from?: ParentNode) => HTMLElement | null} */
const one = (selector, from = document) => from.querySelector(selector);
const set = () => one("#set-notes");
const field = () => /** @type {HTMLTextAreaElement} */ (one("#id_notes"));
const seen = () => /** @type {HTMLInputElement} */ (one("#set-notes [name=initial-notes]"));
const isChanged = () => field().value !== seen().value.replaceAll("\r\n", "\n");

/** @param {boolean} isOn */
const turn = (isOn) => set()?.classList.toggle("todos-notes-editing", isOn);

function edit() {
  turn(true);
  field().dispatchEvent(new Event("input", { bubbles: true })); // grown to its text
  field().focus();
  field().setSelectionRange(field().value.length, field().value.length);
}

document.addEventListener("click", (event) => {
  const target = /** @type {Element} */ (event.target);
  const tool = /** @type {HTMLElement | null} */ (target.closest("[data-todos-tool]"));
  if (tool) use(tool.dataset.todosTool ?? "");
  else if (target.closest(".todos-notes-open.todos-js-only, [data-todos-notes]") && !target.closest("a") && getSelection()?.isCollapsed) edit();
});

document.addEventListener("keydown", (event) => {
  const at = /** @type {HTMLElement} */ (event.target);
  if (event.isComposing || event.altKey || !field()) return;
  const isMod = event.ctrlKey || event.metaKey;
  if (at === field() && isMod && event.key === "b") use("bold");
  else if (at === field() && isMod && event.key === "k") use("link");
  else if (!isMod && event.key === "e" && "todosShortcuts" in document.body.dataset && at.matches("#todo, #todo :is(button, a, summary)")) edit();
  else return;
  event.preventDefault();
  event.stopPropagation();
}, true);

// What was not saved yet, or could not be, stays in its field; the answer brings the notes rendered.
document.addEventListener("focusout", (event) => {
  const to = /** @type {FocusEvent} */ (event).relatedTarget;
  if (event.target === field() && !(to instanceof Node && set()?.contains(to)) && !isChanged()) turn(false);
});
document.addEventListener("todos:restored", () => field() && isChanged() && turn(true));

/** Where the caret was, when its set is replaced under it. @type {[number, number] | null} */
let caret = null;
document.addEventListener("htmx:beforeSwap", () => (caret = document.activeElement === field() && field() ? [field().selectionStart, field().selectionEnd] : null));
document.addEventListener("htmx:oobAfterSwap", () => {
  if (!caret || !field() || document.activeElement !== document.body) return;
  turn(true);
  field().focus();
  field().setSelectionRange(...caret);
});

/* The tools */

/** Type it, so that the browser can take it back. @param {string} text */
function type(text) {
  if (!document.execCommand("insertText", false, text)) field().setRangeText(text, field().selectionStart, field().selectionEnd, "end");
}

/** @param {string} before @param {string} after @param {number} [caret]  from the end, where nothing was selected */
function wrap(before, after, caret = after.length) {
  const { selectionStart: start, selectionEnd: end, value } = field();
  type(before + value.slice(start, end) + after);
  const to = start === end ? field().selectionEnd - caret : field().selectionEnd;
  field().setSelectionRange(to, to);
}

/** Each line that is selected becomes one of a list, or no longer is. */
function list() {
  const { selectionStart, selectionEnd, value } = field();
  const start = value.lastIndexOf("\n", selectionStart - 1) + 1;
  const end = value.indexOf("\n", selectionEnd) < 0 ? value.length : value.indexOf("\n", selectionEnd);
  const lines = value.slice(start, end).split("\n");
  const isList = lines.every((line) => line.startsWith("- "));
  field().setSelectionRange(start, end);
  type(lines.map((line) => (isList ? line.slice(2) : `- ${line}`)).join("\n"));
}

/** @param {string} tool */
function use(tool) {
  field().focus();
  if (tool === "bold") wrap("**", "**");
  else if (tool === "link") wrap("[", "](https://)", field().selectionStart === field().selectionEnd ? 11 : 1);
  else list();
}
document.addEventListener("pointerdown", (event) => /** @type {Element} */ (event.target).closest("[data-todos-tool]") && event.preventDefault());

if (field() && isChanged()) turn(true);
