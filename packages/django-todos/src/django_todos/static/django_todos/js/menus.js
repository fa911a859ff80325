// @ts-check
/** Menus: one is open at a time, and none once something else is pressed. */

const OPEN = "details.todos-menu[open]";

document.addEventListener("todos:escape", (event) => {
  const menu = document.activeElement?.closest(OPEN) ?? document.querySelector(OPEN);
  if (!menu || event.defaultPrevented) return;
  event.preventDefault();
  menu.removeAttribute("open");
  menu.querySelector("summary")?.focus();
});

document.addEventListener("click", (event) => {
  const target = /** @type {Element} */ (event.target);
  document.querySelectorAll(OPEN).forEach((menu) => !menu.contains(target) && menu.removeAttribute("open"));
  const row = target.closest(".todos-grip");
  if (row && !document.body.classList.contains("todos-no-select")) document.dispatchEvent(new CustomEvent("todos:load", { detail: { name: "rowmenu", then: () => document.dispatchEvent(new CustomEvent("todos:move", { detail: { row } })) } }));
});
