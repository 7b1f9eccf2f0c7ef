// Counting beside others: what one types stays while the list changes around it, and is sent when the
// hand leaves it; what one counts lights up.

const counting = document.querySelector("#counting");
const hasKeys = matchMedia("(pointer: fine)").matches;
const isField = (element) => element?.matches?.("#lines input:not([type=hidden])");
const seenBy = (field) => field.form.elements.seen;

// A typed number takes the place of the one that stood there when the typing began, and of no later.
const begun = new Map(); // the field, and that number
counting.addEventListener("input", ({ target }) => {
  if (isField(target) && !begun.has(target)) begun.set(target, seenBy(target)?.value);
});

const isTyped = (field) => begun.has(field) && field.value !== field.defaultValue;
counting.addEventListener("focusin", ({ target }) => isField(target) && target.select());
counting.addEventListener("focusout", ({ target }) => isTyped(target) && target.form.requestSubmit());

// Enter sends it too, and the scan box is next.
counting.addEventListener("submit", ({ target: form }) => {
  const field = [...form.elements].find(isField);
  if (!field) return;
  if (begun.has(field) && seenBy(field)) seenBy(field).value = begun.get(field);
  begun.delete(field);
  if (field !== document.activeElement) return;
  const box = document.querySelector("#scan");
  if (box && hasKeys) box.focus({ preventScroll: true });
  else field.blur();
}, true);

// One more, and again one more: each press is another one, but tried again it is the same.
const isMore = (form) => form?.matches?.("[data-more]");
counting.addEventListener("htmx:config:request", ({ detail: { ctx } }) => {
  if (!isMore(ctx.sourceElement)) return;
  ctx.key = ctx.sourceElement.elements.key.value;
  ctx.sourceElement.elements.key.value = crypto.getRandomValues(new Uint32Array(4)).join("-");
});
counting.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => {
  if (ctx.response || ctx.request.method !== "POST") return;
  const { elements } = ctx.sourceElement;
  const field = [...elements].find(isField);
  if (field) begun.set(field, seenBy(field)?.value);
  if (ctx.key && isMore(ctx.sourceElement)) elements.key.value = ctx.key;
});

// What was refused stays in sight until it is mended, whatever others count.
document.addEventListener("htmx:before:swap", (event) => {
  const isLook = event.detail.ctx.sourceElement?.id === "lines";
  if (isLook && document.querySelector("#lines [aria-invalid=true]")) event.preventDefault();
});

const LIT = 1_700; // milliseconds
document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
  const last = document.querySelector(".count-line--last");
  if (last && ctx.request.method === "POST") {
    last.classList.add("count-line--now");
    setTimeout(() => last.classList.remove("count-line--now"), LIT);
  }
  const isNowhere = !document.activeElement || document.activeElement === document.body;
  if (isNowhere && hasKeys) document.querySelector("#scan")?.focus({ preventScroll: true });
});
