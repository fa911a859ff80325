// @ts-check
/** Subtasks of an open todo: their field stays open, takes many lines at once, and keeps what was not added yet. */

/** @type {(selector: string, from?: ParentNode) => HTMLElement | null} */
const one = (selector, from = document) => from.querySelector(selector);
const field = () => /** @type {HTMLInputElement | HTMLTextAreaElement | null} */ (one("#subtask-text"));
const form = () => /** @type {HTMLFormElement | null} */ (one("#subtask-form"));
const key = () => `todos-subtask:${document.body.dataset.todosUser} ${/** @type {HTMLInputElement | null} */ (one("[name=parent]", form() ?? document))?.value}`;
/** What is on its way. */
let sent = "";
let typed = "";

/** @param {string} text  of one line or of many */
function write(text) {
  const old = field();
  if (!old) return;
  if (old.localName === "input" && text.includes("\n")) {
    const area = document.createElement("textarea");
    for (const { name, value } of old.attributes) if (name !== "type" && name !== "maxlength") area.setAttribute(name, value);
    old.replaceWith(area);
    area.focus();
  }
  /** @type {HTMLInputElement} */ (field()).value = text;
  keep();
}

/** Until the server has it, the tab has. */
function keep() {
  const text = [sent, field()?.value].filter(Boolean).join("\n");
  if (text) sessionStorage.setItem(key(), text);
  else sessionStorage.removeItem(key());
}

/** What this tab still has of a todo that is opened. */
function restore() {
  const text = field() && !sent && !field()?.value ? sessionStorage.getItem(key()) : "";
  if (text) write(text);
}

/** @param {boolean} isRefused  what is too much stands below, until it is changed */
function refuse(isRefused) {
  one("#subtask-error")?.toggleAttribute("hidden", !isRefused);
  field()?.setAttribute("aria-invalid", String(isRefused));
  if (isRefused) field()?.setAttribute("aria-describedby", "subtask-error"), field()?.focus();
  else field()?.removeAttribute("aria-describedby");
}

document.addEventListener("input", (event) => event.target === field() && (keep(), refuse(false)));
document.addEventListener("paste", (event) => {
  const text = event.clipboardData?.getData("text/plain").replace(/\r\n?/g, "\n").replace(/\n+$/, "") ?? "";
  if (event.target !== field() || field()?.localName !== "input" || !text.includes("\n")) return;
  event.preventDefault();
  const { value, selectionStart, selectionEnd } = /** @type {HTMLInputElement} */ (field());
  write(value.slice(0, selectionStart ?? 0) + text + value.slice(selectionEnd ?? 0));
  form()?.requestSubmit();
});
document.addEventListener("keydown", (event) => {
  if (event.target !== field() || field()?.localName !== "textarea" || event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  form()?.requestSubmit();
});

// The field is empty at once, and takes the next one while the last is on its way.
document.addEventListener("todos:sending", (event) => {
  if (/** @type {CustomEvent} */ (event).detail.form !== form() || !field()) return;
  sent = field()?.value ?? "";
  write("");
});
document.addEventListener("todos:unsent", (event) => {
  const { url, status } = /** @type {CustomEvent} */ (event).detail;
  if (!sent || url !== form()?.getAttribute("action")) return;
  const text = [sent, field()?.value].filter(Boolean).join("\n");
  sent = "";
  write(text);
  if (status === 422) refuse(true), event.preventDefault();
});

document.addEventListener("htmx:beforeSwap", () => (typed = field()?.value ?? ""));
document.addEventListener("htmx:afterSwap", (event) => {
  const { target, requestConfig } = /** @type {CustomEvent} */ (event).detail;
  if (!/^(todo|main)$/.test(target?.id) || !field()) return;
  if (sent && requestConfig?.formData?.get("parent")) said(), (sent = ""); // else it is still on its way
  write(typed);
});

/** In the todo's own line, with the way back that the toast has. */
function said() {
  const line = one("#todo-saved");
  const toast = one("#todos-toasts > form");
  if (!line || !form()) return;
  line.textContent = `${form()?.dataset.added} ${one("#subtasks-count")?.textContent?.trim()}`;
  if (!toast) return;
  toast.querySelectorAll("span, a, button:not([data-todos-undo])").forEach((part) => part.remove());
  toast.dataset.todosSet = "subtask-form";
  Object.assign(toast, { id: "todo-undo", className: "" });
  line.append(" · ", toast);
}

document.addEventListener("todos:restored", restore);
restore();
