// @ts-check
/** Signed out meanwhile: what was not saved is shown, and saved once the person has signed in again, here in the dialog. */

/** @type {(selector: string, from?: ParentNode) => HTMLElement | null} */
const one = (selector, from = document) => from.querySelector(selector);
const root = () => one("[data-todos-user].todos") ?? document.body;
root().append(/** @type {HTMLTemplateElement} */ (one("#todos-signed-out")).content);
const dialog = /** @type {HTMLDialogElement} */ (one("#todos-signed"));
const password = /** @type {HTMLInputElement} */ (one("[type=password]", dialog));
const { todosUser = "" } = document.body.dataset;
/** What is done once signed in. @type {(() => void)[]} */
let later = [];

/** @param {string} url @param {RequestInit} [options] */
const page = async (url, options) => new DOMParser().parseFromString(await (await fetch(url, options)).text(), "text/html");

/** The longest of what was typed. @param {FormData} data */
function text(data) {
  const typed = [...data].filter(([name]) => !/^(csrf|next|only|view|keep_|initial-)/.test(name)).map(([, value]) => String(value));
  return typed.sort((a, b) => b.length - a.length)[0] ?? "";
}

document.addEventListener("todos:signed-out", (event) => {
  const { values, retry } = /** @type {CustomEvent} */ (event).detail;
  if (retry) later.push(retry);
  const quote = one("[data-todos-quote]", dialog);
  if (quote) quote.textContent = text(values);
  if (!dialog.open) dialog.showModal();
  password.focus();
});

/** Sign in by the site's own form, whatever it asks for beside a name and a password. @param {string} url */
async function signIn(url) {
  const form = /** @type {HTMLFormElement | null | undefined} */ ((await page(url)).querySelector("[type=password]")?.closest("form"));
  if (!form) return false;
  const data = new FormData(form);
  data.set(/** @type {HTMLInputElement} */ (one("[type=text], [type=email]", form)).name, todosUser);
  data.set(/** @type {HTMLInputElement} */ (one("[type=password]", form)).name, password.value);
  await fetch(form.getAttribute("action") || url, { method: "POST", body: new URLSearchParams([...data].map(([name, value]) => [name, String(value)])) });
  const fresh = one("[data-todos-user].todos", await page(one("#main")?.dataset.todosHere ?? location.href));
  const headers = fresh?.getAttribute("hx-headers");
  if (fresh?.dataset.todosUser !== todosUser || !headers) return false;
  root().setAttribute("hx-headers", headers);
  const { "X-CSRFToken": token } = JSON.parse(headers);
  document.querySelectorAll("[name=csrfmiddlewaretoken]").forEach((field) => (/** @type {HTMLInputElement} */ (field).value = token));
  return true;
}

one("form", dialog)?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const isIn = await signIn(dialog.dataset.todosLogin ?? "").catch(() => false);
  one(".todos-error", dialog)?.toggleAttribute("hidden", isIn);
  if (!isIn) return password.select();
  password.value = "";
  dialog.close();
  document.dispatchEvent(new CustomEvent("todos:signed-in"));
  later.forEach((run) => run());
  later = [];
});

dialog.addEventListener("click", (event) => {
  const target = /** @type {Element} */ (event.target);
  if (target.closest("[data-todos-copy]")) void navigator.clipboard.writeText(one("[data-todos-quote]", dialog)?.textContent ?? "");
  if (target.closest("[data-todos-shut]")) dialog.close();
});
