// What arrives on the stream takes the place of every element of the same name, unless that is newer.

const eventOf = (element) => Number(element.closest("[data-event]")?.dataset.event ?? 0);

// What a part of the news is about, as whatever follows it says.
const subject = ({ dataset }) => (dataset.order ? `order ${dataset.order}` : dataset.shelf);

// Where a piece of news belongs: badges by their product, numbers inside whatever shows the product,
// and everything else by its name.
function places(news, sku) {
  if (news.dataset.live) return `[data-live="${news.dataset.live}"]`;
  const product = CSS.escape(sku);
  if (news.matches(".badge")) return `.badge[data-stock="${product}"]`;
  return `[data-shelf="${product}"] [${news.getAttributeNames()[0]}]`;
}

// What was put somewhere by its name, before htmx marked the forms in it.
const put = new WeakMap();

function update(shown, news, number) {
  if (number < eventOf(shown)) return;
  shown.dataset.event = number;
  if ((put.get(shown) ?? shown.innerHTML) === news.innerHTML) return;
  if (news.dataset.live) put.set(shown, news.innerHTML);
  const hand = shown.contains(document.activeElement) ? document.activeElement.id : "";
  shown.replaceChildren(...news.cloneNode(true).childNodes);
  htmx.process(shown);
  if (hand) document.getElementById(hand)?.focus({ preventScroll: true });
  if (!news.matches(".badge")) return;
  const before = shown.dataset.available;
  shown.className = news.className;
  shown.dataset.available = news.dataset.available;
  if (before !== news.dataset.available) mark(shown);
}

function mark(badge) {
  badge.classList.add("badge--changed");
  setTimeout(() => badge.classList.remove("badge--changed"), 1700);
  badge.dispatchEvent(new CustomEvent("badge:changed", { bubbles: true }));
}

function apply(part) {
  const number = Number(part.dataset.event);
  for (const news of part.children) {
    for (const shown of document.querySelectorAll(places(news, part.dataset.shelf))) {
      update(shown, news, number);
    }
  }
  if (!subject(part)) return;
  for (const follower of document.querySelectorAll(`[data-follows="${CSS.escape(subject(part))}"]`)) {
    if (number > eventOf(follower)) htmx.trigger(follower, "shelf:changed"); // it asks for itself anew
  }
}

// An answer that was made before the news may arrive after it, and is told again what it missed.
const MEMORY = 60_000; // milliseconds, longer than any answer is waited for
const remembered = new Map(); // by product, by order, and the panel: when it was heard, and what

function hear(html) {
  const arrived = document.createElement("template");
  arrived.innerHTML = html;
  const now = performance.now();
  for (const [key, { at }] of remembered) if (now - at > MEMORY) remembered.delete(key);
  for (const part of arrived.content.children) {
    remembered.set(subject(part), { at: now, part });
    apply(part);
  }
}

document.addEventListener("changes", (event) => hear(event.detail.data));
document.addEventListener("htmx:after:swap", () => remembered.forEach(({ part }) => apply(part)));

// The clerk may not be here any more, or has another role. A form of their own leads on by itself.
let isLeaving = false;
addEventListener("submit", (event) => (isLeaving ||= !event.defaultPrevented));
document.addEventListener("ended", () => isLeaving || location.replace(location.pathname));

document.addEventListener("restored", () => location.reload()); // the shop is an older one now

// Too much was missed to be told one by one: ask for what this page shows.
const AGAIN = 3_000; // milliseconds
async function resync() {
  const shown = [...document.querySelectorAll(".badge, [data-shelf]")];
  const skus = new Set(shown.map(({ dataset }) => dataset.stock ?? dataset.shelf));
  const query = new URLSearchParams([...skus].map((sku) => ["sku", sku]));
  try {
    const answer = await fetch(`/live/now?${query}`);
    if (!answer.ok) throw new Error(`${answer.status}`);
    hear(await answer.text());
  } catch {
    setTimeout(resync, AGAIN);
  }
}
document.addEventListener("resync", resync);

// A part that asks for itself anew stays as it is when the answer is another page, or none.
document.addEventListener("htmx:before:swap", (event) => {
  const { sourceElement, response } = event.detail.ctx;
  if (!sourceElement?.matches?.("[data-follows]")) return;
  if (response.status >= 400 || response.raw?.redirected) event.preventDefault();
});
