// Whether what the page shows is true now. When the link is lost, every number says how old it is.

const LATE = 25_000; // the server says something every 10 seconds
const notice = document.querySelector("[data-link-notice]");
const state = document.querySelector("[data-link-state]");
let heard = Date.now();
let isLost = false;
let connection = null;

const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });

function age() {
  const minutes = Math.floor((Date.now() - heard) / 60_000);
  if (minutes < 1) return "<1 min";
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h`;
}

function show() {
  if (isLost) document.body.dataset.link = "lost";
  else delete document.body.dataset.link;
  state.classList.toggle("link-state--lost", isLost);
  notice.hidden = !isLost;
  state.textContent = isLost ? "Link lost" : "Live";
  if (!isLost) return;
  document.documentElement.style.setProperty("--link-age", `"${age()} old"`);
  notice.querySelector("[data-link-age]").textContent = age().startsWith("<") ? "just now" : `${age()} ago`;
  notice.querySelector("[data-link-since]").textContent = clock.format(heard);
}

function lose() {
  if (document.hidden) return;
  isLost = true;
  show();
}

function hear() {
  heard = Date.now();
  if (!isLost) return;
  isLost = false;
  show();
}

for (const name of ["htmx:sse:after:connection", "htmx:sse:before:message"]) {
  document.addEventListener(name, (event) => {
    connection = event.detail.connection;
    hear();
  });
}
document.addEventListener("htmx:sse:close", (event) => {
  if (event.detail.reason === "ended") lose();
});
document.addEventListener("htmx:sse:error", (event) => {
  if (event.detail.status === 401) location.assign(`/sign-in?next=${location.pathname}`);
  else lose();
});

// Whoever looks at the screen again sees at once what is true; the pause before another try is for a
// shop that begins anew, where all screens come at the same time.
let isAwake = false;
const now = () => connection?.delayCanceller?.();
document.addEventListener("visibilitychange", () => {
  if (document.hidden) return;
  heard = Math.max(heard, Date.now() - LATE + 5_000); // time to come back
  if (connection?.delayCanceller) now();
  else isAwake = true;
});
document.addEventListener("htmx:sse:before:connection", () => {
  if (isAwake) queueMicrotask(now); // its pause begins after this event
  isAwake = false; // once: a shop that does not answer is not asked without a pause
});

document.querySelector("[data-link-retry]").addEventListener("click", () => {
  if (connection?.delayCanceller) now();
  else htmx.trigger("#live", "every");
});
addEventListener("offline", lose);
setInterval(() => {
  if (!document.hidden && Date.now() - heard > LATE) lose();
  else if (isLost) show();
}, 1000);
