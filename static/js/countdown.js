// Counts on what is left of a hold: what the server said, less what has passed since it was shown.

const SOON = 300; // seconds
const HOUR = 3_600;
const shownAt = new WeakMap();

function count(shown) {
  if (!shownAt.has(shown)) shownAt.set(shown, Date.now());
  const passed = Math.floor((Date.now() - shownAt.get(shown)) / 1000);
  const left = Math.max(0, Number(shown.dataset.countdown) - passed);
  shown.classList.toggle("countdown--soon", left < SOON);
  const bar = shown.querySelector("progress");
  if (bar) bar.value = left;
  if (left >= HOUR) return;
  const seconds = String(left % 60).padStart(2, "0");
  shown.querySelector("time").textContent = `${Math.floor(left / 60)}:${seconds} left`;
}

function tick() {
  document.querySelectorAll("[data-countdown]").forEach(count);
}

tick();
setInterval(tick, 1_000);
document.addEventListener("htmx:after:swap", tick);
