// Small comforts only: every page works without this file.

// Menus made of <details class="menu"> close on Escape and on a click elsewhere.
document.addEventListener("keydown", (event) => {
  const open = event.key === "Escape" && document.querySelector("details.menu[open]");
  if (!open) return;
  open.open = false;
  open.querySelector("summary").focus();
});
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
  const button = event.target.closest("[data-print], [data-copy]");
  if (button?.hasAttribute("data-print")) window.print();
  if (button?.dataset.copy) copy(button);
});

function say(text) {
  const status = document.getElementById("status");
  if (status) status.textContent = text;
}

async function copy(button) {
  await navigator.clipboard.writeText(button.dataset.copy);
  say(button.dataset.copied ?? "");
}

// A form is sent once: a second click within ten seconds does nothing.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented) return;
  if (Date.now() - Number(form.dataset.sentAt ?? 0) < 10_000) event.preventDefault();
  else form.dataset.sentAt = String(Date.now());
});
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent-at]")) delete form.dataset.sentAt;
});

// Errors come first: focus goes to the summary, and its links to the fields.
document.querySelector(".error-summary")?.focus();

// Parts of a page that are fetched say so, and so do failures of fetch and of passkeys.
document.addEventListener("htmx:beforeRequest", (event) => event.target.setAttribute("aria-busy", "true"));
document.addEventListener("htmx:afterRequest", (event) => event.target.removeAttribute("aria-busy"));
const texts = document.body.dataset;
document.addEventListener("htmx:sendError", () => say(texts.offline));
document.addEventListener("htmx:responseError", () => say(texts.failed));
document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  say(texts.failed);
  document.getElementById("passkey-failed")?.removeAttribute("hidden");
});
