// A toast goes away by itself, unless somebody is reading it; a way back stays a little longer.

const READING = 6_000;
const UNDO = 20_000;
const WRITING = 60_000; // a reference has to be written down, or read to somebody
const TICK = 250;
const toasts = document.querySelector("#toasts");

function leave(toast) {
  if (toast.matches(":hover, :focus-within")) setTimeout(() => leave(toast), 1_000);
  else toast.remove();
}

function see(toast) {
  const left = toast.querySelector("progress");
  const rest = "reference" in toast.dataset ? WRITING : READING;
  setTimeout(() => leave(toast), left ? UNDO : rest);
  if (toast.dataset.toast === "done") {
    for (const other of toasts.querySelectorAll("[data-toast]:has(progress)")) if (other !== toast) other.remove(); // the way back is that of the last thing done
  }
  if (!left) return;
  const began = performance.now();
  const timer = setInterval(() => {
    left.value = left.max * (1 - (performance.now() - began) / UNDO);
    if (!toast.isConnected) clearInterval(timer);
  }, TICK);
}

new MutationObserver((changes) => {
  for (const { addedNodes } of changes) {
    for (const node of addedNodes) if (node.matches?.("[data-toast]")) see(node);
  }
}).observe(toasts, { childList: true });
for (const toast of toasts.querySelectorAll("[data-toast]")) see(toast);

document.addEventListener("toast", ({ detail }) => {
  if (toasts.lastElementChild?.textContent === detail) return;
  const toast = document.createElement("div");
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
