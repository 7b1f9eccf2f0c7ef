// A toast goes away by itself, unless somebody is reading it.

const READING = 6_000;
const toasts = document.querySelector("#toasts");

function leave(toast) {
  if (toast.matches(":hover, :focus-within")) setTimeout(() => leave(toast), 1_000);
  else toast.remove();
}

function see(toast) {
  setTimeout(() => leave(toast), READING);
}

new MutationObserver((changes) => {
  for (const { addedNodes } of changes) {
    for (const node of addedNodes) if (node.matches?.("[data-toast]")) see(node);
  }
}).observe(toasts, { childList: true });
for (const toast of toasts.querySelectorAll("[data-toast]")) see(toast);

document.addEventListener("toast", ({ detail }) => {
  if (toasts.lastElementChild?.textContent === detail) return;
  const toast = document.createElement("p");
  toast.className = "toast";
  toast.dataset.toast = "";
  toast.textContent = detail;
  toasts.append(toast);
});

// What was sent and not answered may be sent again: its key makes it one.
document.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => {
  if (ctx.response || ctx.request.method !== "POST") return;
  const detail = "No answer from the shop. Try again: nothing is done twice.";
  document.dispatchEvent(new CustomEvent("toast", { detail }));
});
