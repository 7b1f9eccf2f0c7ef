// What arrives on the stream takes the place of every element of the same name, unless that is newer.

function update(shown, arrived) {
  if (Number(arrived.dataset.event) < Number(shown.dataset.event)) return;
  const before = shown.dataset.available;
  Object.assign(shown.dataset, arrived.dataset);
  if (shown.innerHTML === arrived.innerHTML) return;
  if (arrived.className) shown.className = arrived.className;
  shown.replaceChildren(...arrived.cloneNode(true).childNodes);
  if (before !== undefined && before !== arrived.dataset.available) mark(shown);
}

function mark(badge) {
  badge.classList.add("badge--changed");
  setTimeout(() => badge.classList.remove("badge--changed"), 1700);
  badge.dispatchEvent(new CustomEvent("badge:changed", { bubbles: true }));
}

export function apply(html) {
  const arrived = document.createElement("template");
  arrived.innerHTML = html;
  for (const element of arrived.content.children) {
    const name = CSS.escape(element.dataset.live);
    for (const shown of document.querySelectorAll(`[data-live="${name}"]`)) update(shown, element);
  }
}

document.addEventListener("changes", (event) => apply(event.detail.data));

// Too much was missed to be told one by one: ask for what this page shows.
document.addEventListener("resync", async () => {
  const skus = new Set([...document.querySelectorAll("[data-stock]")].map((badge) => badge.dataset.stock));
  const query = new URLSearchParams([...skus].map((sku) => ["sku", sku]));
  const answer = await fetch(`/live/now?${query}`, { headers: { "HX-Request-Type": "partial" } });
  if (answer.ok) apply(await answer.text());
});
