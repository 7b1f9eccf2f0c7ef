// The keyboard: a button says in data-key which keys press it, and whatever is typed finds the scan box.

const box = () => document.querySelector("#scan") ?? document.querySelector("[type=search]");

function combination(event) {
  const held = ["Control", "Alt", "Shift"].filter((name) => event[`${name.toLowerCase().replace("control", "ctrl")}Key`]);
  return [...held, event.key].join("+");
}

function isTyping(element) {
  return element?.matches("input, select, textarea, [contenteditable]");
}

const EDITING = new Set(["Control+Backspace", "Control+z"]);

document.addEventListener("keydown", (event) => {
  if (event.isComposing) return;
  const typing = isTyping(event.target);
  const keys = combination(event);
  // A key that edits text is left to the text, while there is some.
  if (EDITING.has(keys) && typing && event.target.value) return;
  const button = [...document.querySelectorAll(`[data-key="${CSS.escape(keys)}"]`)].at(-1); // the newest
  if (button && !event.repeat) {
    event.preventDefault();
    if (typing) event.target.blur(); // what was typed into a quantity counts
    button.click();
    if ([document.body, button].includes(document.activeElement)) box()?.focus({ preventScroll: true });
  } else if (event.key === "Escape") {
    const cancel = event.target.closest("form")?.querySelector("[data-cancel]");
    cancel ? cancel.click() : box()?.focus({ preventScroll: true });
  } else if (!typing && event.key.length === 1 && event.key !== " " && !event.ctrlKey && !event.metaKey && !event.altKey) {
    box()?.focus({ preventScroll: true }); // the letter itself lands there
  }
});

// What has to be mended is where the hand is next.
const mend = (within) => within.querySelector("[aria-invalid=true]:not(.order-line__count)")?.focus();
document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
  if (ctx.response?.status !== 422) return;
  const hand = document.activeElement; // whoever types elsewhere by now is left alone
  mend(hand === document.body ? document : hand.closest("form") ?? hand);
});
mend(document);

// Where there is a mouse or a keyboard, the box is ready at once; on touch it would hide half the shop.
if (matchMedia("(pointer: fine)").matches) document.querySelector("#scan")?.focus({ preventScroll: true });
