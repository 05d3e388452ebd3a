// Small comforts. Every page works without this file.
(() => {
  "use strict";
  const QUIET_SECONDS = 8;
  const root = document.documentElement;
  root.classList.add("has-script");

  // Autofocus is not honoured after a history move or in some readers, so say it again.
  const summary = document.querySelector("[data-error-summary]");
  if (summary) window.addEventListener("load", () => summary.focus());

  // A second press within eight seconds is a tremor, not a decision. Later ones count again,
  // because the first may have been lost with the connection.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    const last = Number(form.dataset.sentAt || 0);
    if (form.method === "get" || event.defaultPrevented) return;
    if (Date.now() - last < QUIET_SECONDS * 1000) {
      event.preventDefault();
      return;
    }
    form.dataset.sentAt = String(Date.now());
    const button = event.submitter;
    if (!button) return;
    button.setAttribute("aria-disabled", "true");
    setTimeout(() => button.removeAttribute("aria-disabled"), QUIET_SECONDS * 1000);
  });
  window.addEventListener("pageshow", () => {
    for (const form of document.forms) delete form.dataset.sentAt;
    for (const button of document.querySelectorAll("button[aria-disabled]")) {
      button.removeAttribute("aria-disabled");
    }
  });

  // A session that nobody uses ends; whoever reads slowly or was called away is asked before.
  const WARNING_SECONDS = 120;
  const idle = document.querySelector("[data-idle-seconds]");
  if (idle) {
    const form = idle.querySelector("form");
    const watch = () => setTimeout(() => {
      form.hidden = false;
    }, (Number(idle.dataset.idleSeconds) - WARNING_SECONDS) * 1000);
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const answer = await fetch(form.action, { method: "POST", body: new FormData(form) });
      if (answer.status !== 204) return;
      form.hidden = true;
      watch();
    });
    watch();
  }

  // Counting is by code point, as the server counts.
  const showCount = (area) => {
    const place = document.getElementById(`${area.id}-count`);
    if (!place) return;
    const remaining = Number(area.dataset.countTo) - [...area.value].length;
    const words = remaining < 0 ? place.dataset.over : place.dataset.remaining;
    place.textContent = words.replace("{}", Math.abs(remaining).toLocaleString(root.lang));
  };
  document.addEventListener("input", (event) => {
    if (event.target.matches("[data-count-to]")) showCount(event.target);
  });
  document.querySelectorAll("[data-count-to]").forEach(showCount);

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    const source = document.getElementById(button.dataset.copy);
    await navigator.clipboard.writeText(source.value ?? source.innerText);
    button.querySelector("[data-words]").textContent = button.dataset.copied;
  });

  // An open list of languages closes when the person looks elsewhere.
  document.addEventListener("click", (event) => {
    for (const list of document.querySelectorAll("details.languages[open]")) {
      if (!list.contains(event.target)) list.open = false;
    }
  });
  document.addEventListener("keydown", (event) => {
    const list = event.key === "Escape" && event.target.closest?.("details.languages[open]");
    if (!list) return;
    list.open = false;
    list.querySelector("summary").focus();
  });
})();
