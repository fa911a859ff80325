// @ts-check
/** Before the page is seen: that scripts run. Said later, what they hide and show would move the page under the reader. */
document.documentElement.classList.add("todos-js");
