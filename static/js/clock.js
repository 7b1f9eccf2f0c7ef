// The time in the shop, kept right while the page stays open.

const shown = document.querySelector("[data-clock]");
const day = new Intl.DateTimeFormat("en-GB", { timeZone: shown.dataset.clock, weekday: "short", day: "numeric", month: "short" });
const time = new Intl.DateTimeFormat("en-GB", { timeZone: shown.dataset.clock, hour: "2-digit", minute: "2-digit" });

setInterval(() => {
  const now = new Date();
  shown.textContent = `${day.format(now).replace(",", "")}, ${time.format(now)}`;
  shown.dateTime = now.toISOString();
}, 10_000);
