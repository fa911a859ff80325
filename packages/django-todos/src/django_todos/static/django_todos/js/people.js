// @ts-check
/** The people of a list: a choice is sent as it is made, a new link is taken by one click, and the focus finds its next place. */

/** @type {(selector: string) => HTMLElement | null} */
const one = (selector) => document.querySelector(selector);

document.addEventListener("change", (event) => {
  const field = /** @type {HTMLSelectElement} */ (event.target);
  if (field.matches("[data-todos-send]")) field.form?.requestSubmit();
});

/** What is to be copied is chosen as a whole. @param {Event} event */
function choose({ target }) {
  const field = /** @type {HTMLInputElement} */ (target);
  if (field.matches("[data-todos-copy]")) field.select();
}
document.addEventListener("focusin", choose);
document.addEventListener("click", choose);

/* What was sent, and the rows where the focus can go afterwards: the same, the next, the one before. */
let invited = false;
/** @type {string[]} */
let rows = [];

document.addEventListener("todos:sending", (event) => {
  const form = /** @type {HTMLFormElement} */ (/** @type {CustomEvent} */ (event).detail.form);
  invited = form.id === "invite-form";
  const row = form.closest(".todos-people > li");
  rows = [row, row?.nextElementSibling, row?.previousElementSibling].flatMap((one) => (one ? [`#${one.id} :is(select, button)`] : []));
});

document.addEventListener("todos:swapped", () => {
  const field = /** @type {HTMLInputElement | null} */ (one("#id_typed"));
  if (!field || one("#invite-form [aria-invalid=true]")) return;
  if (invited) field.value = ""; // it is said below now; what is typed survives every other swap
  const place = one("#new-link") ?? rows.map(one).find(Boolean) ?? field;
  if (invited || rows.length) place.focus();
  [invited, rows] = [false, []];
});
