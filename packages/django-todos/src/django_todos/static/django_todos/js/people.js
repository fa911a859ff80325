// @ts-check
/** The people of a list: a choice is sent as it is made, and a new link is taken by one click. */

document.addEventListener("change", (event) => {
  const field = /** @type {HTMLSelectElement} */ (event.target);
  if (!field.matches("[data-todos-send]")) return;
  field.form?.requestSubmit();
});

/** What is to be copied is chosen as a whole. @param {Event} event */
function choose({ target }) {
  const field = /** @type {HTMLInputElement} */ (target);
  if (field.matches("[data-todos-copy]")) field.select();
}
document.addEventListener("focusin", choose);
document.addEventListener("click", choose);
