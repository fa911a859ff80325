// @ts-check
/** The list of keys, over the page; loaded on first use, and by the page of keys. */

/** @type {(selector: string) => HTMLElement | null} */
const one = (selector) => document.querySelector(selector);

async function openHelp() {
  const dialog = /** @type {HTMLDialogElement} */ (one("#todos-help"));
  if (!dialog.firstElementChild) await /** @type {any} */ (window).htmx.ajax("GET", dialog.dataset.todosSrc ?? "", { source: ".todos", target: dialog, select: "#keyboard", swap: "innerHTML", headers: { "HX-Boosted": "true" } });
  dialog.showModal();
}

document.addEventListener("change", (event) => {
  const box = /** @type {HTMLInputElement} */ (event.target);
  if (!box.matches("[data-todos-shortcuts-switch]")) return;
  document.body.toggleAttribute("data-todos-shortcuts", box.checked);
  document.dispatchEvent(new CustomEvent("todos:say", { detail: { name: box.checked ? "shortcutsOn" : "shortcutsOff" } }));
});

document.addEventListener("todos:help", () => void openHelp());
document.addEventListener("click", (event) => {
  if (!(/** @type {Element} */ (event.target).closest("[data-todos-help]")) || !one("#todos-help")) return;
  event.preventDefault();
  void openHelp();
});
