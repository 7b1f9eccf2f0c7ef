// The panel is the same on every screen; Release is shown where it may be pressed: to whoever claimed it.

const panel = document.querySelector("[data-live=low-stock]");
const { clerk, manager } = panel.closest("[data-clerk]").dataset;

function show() {
  for (const release of panel.querySelectorAll("[data-claimed-by]")) {
    release.hidden = manager === undefined && release.dataset.claimedBy !== clerk;
  }
}

new MutationObserver(show).observe(panel, { childList: true });
show();
