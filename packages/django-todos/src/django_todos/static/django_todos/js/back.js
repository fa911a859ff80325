// @ts-check
/** Coming back: a page asks once whether anything changed meanwhile, and shows it without moving what one reads. And the drawer. */

/** @type {(selector: string) => HTMLElement | null} */
const one = (selector) => document.querySelector(selector);
const sidebar = () => one("#sidebar");
let asking = false;

async function ask() {
  const url = sidebar()?.dataset.todosVersionUrl, seen = /** @type {HTMLDataElement | null} */ (one("#todos-version"))?.value;
  if (!url || asking || document.hidden) return;
  asking = true;
  const answer = await fetch(url, { headers: { "If-None-Match": `"${seen}"`, "HX-Request": "true" }, cache: "no-store" }).catch(() => null);
  asking = false;
  if (answer?.status !== 204) return; // nothing new, signed out or offline: the next action says so
  const row = [...document.querySelectorAll("#main .todos-row")].find((row) => row.getBoundingClientRect().bottom > 0);
  const top = row?.getBoundingClientRect().top ?? 0;
  document.addEventListener("todos:swapped", () => {
    const now = row && document.getElementById(row.id);
    if (now && scrollY) scrollBy(0, now.getBoundingClientRect().top - top);
  }, { once: true });
  document.dispatchEvent(new CustomEvent("todos:refresh"));
}

document.addEventListener("visibilitychange", () => void ask());
addEventListener("focus", () => void ask());
addEventListener("pageshow", (event) => event.persisted && void ask());

/* The drawer of a narrow screen: while it is open, the focus goes nowhere else. */

let isOpen = false;

function hold() {
  isOpen = !!sidebar()?.matches(":popover-open");
  for (const other of document.body.children) if (!other.contains(sidebar()) && other instanceof HTMLElement) other.inert = isOpen;
  return isOpen;
}

document.addEventListener("toggle", (event) => {
  if (event.target !== sidebar()) return;
  if (hold()) one("#sidebar :is(a, summary)")?.focus();
  else one("[popovertarget=sidebar]")?.focus();
}, true);
document.addEventListener("todos:swapped", () => isOpen && !sidebar()?.matches(":popover-open") && sidebar()?.showPopover()); // a new one is closed
