// Codes that were scanned and not added stay in sight until somebody has seen them.

const missed = document.querySelector("#missed");

document.addEventListener("missed", ({ detail: code }) => {
  if (!/\d/.test(code)) return; // words that were looked for
  const entry = document.createElement("li");
  entry.textContent = `Not added: ${code} `;
  const dismiss = document.createElement("button");
  dismiss.type = "button";
  dismiss.className = "button button--icon button--quiet";
  dismiss.textContent = "×";
  dismiss.setAttribute("aria-label", `I have seen that ${code} was not added`);
  dismiss.addEventListener("click", () => entry.remove());
  entry.append(dismiss);
  missed.append(entry);
});
