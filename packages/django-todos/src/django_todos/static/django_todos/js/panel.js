// @ts-check
/** A todo opened beside its list, on a wide window: with an address of its own, closed by Escape, × or going back. */

/** @type {(selector: string, from?: ParentNode) => HTMLElement | null} */
const one = (selector, from = document) => from.querySelector(selector);
/** @param {string} name @param {object} [detail] */
const emit = (name, detail = {}) => document.dispatchEvent(new CustomEvent(`todos:${name}`, { detail }));
const WIDE = matchMedia("(min-width: 72rem)");
const panel = () => one("#todos-panel");
const here = () => one("#main")?.dataset.todosHere ?? location.pathname;
const can = () => WIDE.matches && "htmx" in window && panel() && !one("#main #todo");

/**
 * @param {HTMLAnchorElement} link
 * @param {boolean | string} edit  put the caret into its title, or the focus where that is
 */
async function open(link, edit) {
  const url = new URL(link.href);
  const row = /** @type {HTMLElement | null} */ (link.closest("#main .todos-row")) ?? document.getElementById(panel()?.dataset.todosRow ?? "");
  const top = row?.getBoundingClientRect().top ?? 0;
  url.searchParams.set("next", here());
  emit("cursor", { row });
  await new Promise((then) => emit("load", { name: "save", then })); // its styles, too
  const aside = /** @type {HTMLElement} */ (panel());
  aside.dataset.todosRow = row?.id ?? "";
  await /** @type {any} */ (window).htmx.ajax("GET", url.pathname + url.search, { source: aside, target: aside, swap: "innerHTML" });
  if (row) scrollBy(0, row.getBoundingClientRect().top - top); // the row that was pressed stays where it is
  if (history.state?.todosPanel) history.replaceState({ todosPanel: true }, "", link.href);
  else history.pushState({ todosPanel: true }, "", link.href);
  if (edit) one(edit === true ? ".todos-todo-title" : String(edit), aside)?.focus();
}

/** @param {boolean} back  also leave the todo's address */
function close(back) {
  const aside = panel();
  if (!aside?.firstElementChild) return;
  const { todosRow: row = "" } = aside.dataset;
  aside.replaceChildren();
  delete aside.dataset.todosRow;
  if (back && history.state?.todosPanel) history.back();
  else if (history.state?.todosPanel) history.replaceState(null, "", here());
  emit("focus", { row });
}

document.addEventListener("todos:open", (event) => {
  const { link, edit } = /** @type {CustomEvent} */ (event).detail;
  if (can()) void open(link, edit);
  else {
    if (edit) sessionStorage.setItem("todos-focus", edit === true ? "#id_title" : edit);
    link.click();
  }
});
document.addEventListener("todos:close", () => close(true));

document.addEventListener("todos:sending", (event) => {
  const { form } = /** @type {CustomEvent} */ (event).detail;
  if (form.id === "todo-undo") undoing = form.dataset.todosSet;
  if (form.id !== "todo-delete-form" || !panel()?.contains(form)) return;
  document.body.dataset.todosActed = panel()?.dataset.todosRow;
  close(false);
});

document.addEventListener("click", (event) => {
  const target = /** @type {Element} */ (event.target);
  if (target.closest("#todos-panel [data-todos-close]")) return event.preventDefault(), close(true);
  const link = /** @type {HTMLAnchorElement | null} */ (target.closest(".todos-title"));
  if (!link?.closest("#main .todos-row") || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey || event.defaultPrevented || !can()) return;
  event.preventDefault();
  void open(link, event.detail === 0);
});

addEventListener("popstate", (event) => {
  if (event.state?.todosPanel) return location.reload();
  if (panel()?.firstElementChild) return close(false);
  if (one("#main") && location.pathname !== new URL(here(), location.href).pathname) location.reload();
});

/** The set of the open todo whose saving is being undone: it has the focus afterwards. */
let undoing = "";

document.addEventListener("htmx:afterSettle", (event) => {
  const { target, requestConfig } = /** @type {CustomEvent} */ (event).detail;
  if (target?.id !== "todo" && target?.id !== "todos-panel") return;
  const todo = one("#todos-panel #todo") ?? one("#todo");
  if (undoing) one(`#${undoing} :is(.todos-val, textarea, select, :checked, input:not([type=hidden], [type=radio]))`)?.focus();
  else one("[aria-invalid=true], .todos-conflict input", todo ?? document)?.focus();
  if (document.activeElement === document.body) one(`#todos-panel #${document.body.dataset.todosActed} > .todos-line .todos-title`)?.focus();
  undoing = "";
  if (requestConfig?.verb === "post" && panel()?.contains(todo)) emit("refresh");
});

const asked = sessionStorage.getItem("todos-focus"); // the field that a key asked for on the page before
sessionStorage.removeItem("todos-focus");
if (asked) one(asked)?.focus();
