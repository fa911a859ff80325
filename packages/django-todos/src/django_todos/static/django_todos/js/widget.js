// @ts-check
/**
 * Lists on pages of the host: what is added, ticked or moved comes back in its place. It needs nothing else on the page;
 * what does not work out is done again as the browser would do it.
 */

document.querySelectorAll(".todos-widget").forEach((root) => root.classList.add("todos-js"));
let plainly = false;

/** @param {HTMLElement} root @param {string} url @param {FormData} data */
async function send(root, url, data) {
  data.set("next", root.dataset.todosPart ?? "");
  const body = new URLSearchParams([...data].map(([name, value]) => [name, String(value)]));
  const answer = await fetch(url, { method: "POST", body, headers: { "Todos-Part": "1" } }).catch(() => null);
  const text = answer?.ok ? await answer.text() : "";
  const fresh = new DOMParser().parseFromString(text, "text/html").getElementById(root.id);
  if (!fresh) return false;
  const at = document.activeElement?.closest(".todos-row")?.id;
  const wasOpen = root.querySelector("details[open]");
  fresh.classList.add("todos-js");
  if (wasOpen) fresh.querySelector("details.todos-more")?.setAttribute("open", "");
  root.replaceWith(fresh);
  const row = at && fresh.querySelector(`#${CSS.escape(at)} :is(.todos-check, .todos-title)`);
  const field = /** @type {HTMLElement | null} */ (row || fresh.querySelector(".todos-quick-text, a"));
  field?.focus();
  return true;
}

document.addEventListener("submit", async (event) => {
  const form = /** @type {HTMLFormElement} */ (event.target);
  const root = /** @type {HTMLElement | null} */ (form.closest(".todos-widget[data-todos-part]"));
  if (!root || plainly || event.defaultPrevented) return;
  event.preventDefault();
  const by = event.submitter;
  const url = by?.getAttribute("formaction") ?? form.getAttribute("action") ?? "";
  if (await send(root, url, new FormData(form, by))) return;
  plainly = true;
  form.requestSubmit(by);
});

/** Move a row: to its neighbour's place, or before or after another. @param {Element} row @param {Record<string, string>} to */
function move(row, to) {
  const root = /** @type {HTMLElement | null} */ (row.closest(".todos-widget[data-todos-part]"));
  const form = row.closest("form");
  const url = row.querySelector(".todos-check")?.getAttribute("formaction")?.replace(/[a-z]+\/$/, "move/");
  if (!root || !form || !url || !row.querySelector(".todos-grip")) return;
  const data = new FormData(form);
  Object.entries(to).forEach(([name, value]) => data.set(name, value));
  void send(root, url, data);
}

document.addEventListener("keydown", (event) => {
  const row = /** @type {Element} */ (event.target).closest?.(".todos-widget .todos-row");
  if (!row || !event.altKey || !["ArrowUp", "ArrowDown"].includes(event.key)) return;
  event.preventDefault();
  move(row, { to: event.key === "ArrowUp" ? "up" : "down" });
});

/** @type {Element | null} */
let held = null;

document.addEventListener("pointerdown", (event) => {
  const grip = /** @type {Element} */ (event.target).closest(".todos-widget .todos-grip");
  held = grip?.closest(".todos-row") ?? null;
  if (held) event.preventDefault();
});

document.addEventListener("pointerup", (event) => {
  const from = held;
  held = null;
  const row = document.elementFromPoint(event.clientX, event.clientY)?.closest(".todos-row");
  if (!from || !row || row === from || row.parentElement !== from.parentElement) return;
  const { top, height } = row.getBoundingClientRect();
  move(from, { to: event.clientY < top + height / 2 ? "before" : "after", anchor: row.id.replace("todo-row-", "") });
});
