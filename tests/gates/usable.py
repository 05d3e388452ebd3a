"""What on a page somebody without script sees and cannot use."""

from __future__ import annotations

# Evaluated by the browser itself, which may although the page's own scripts are blocked.
UNUSABLE = """() => {
  const seen = (e) => e.checkVisibility({visibilityProperty: true, opacityProperty: true});
  const name = (e) => `${e.tagName.toLowerCase()} ${(e.name || e.id || e.innerText || "")}`.trim();
  const faults = [];
  // A person opens a closed list without script.
  for (const list of document.querySelectorAll("details")) list.open = true;
  const fault = (e, why) => faults.push(`${name(e).slice(0, 60)}: ${why}`);
  for (const e of document.querySelectorAll("button, input[type=button], input[type=submit], " +
      "input[type=image], input[type=reset], [role=button]")) {
    if (!seen(e)) continue;
    if (e.type !== "submit" && e.type !== "image") fault(e, "does nothing without script");
    else if (!e.form) fault(e, "belongs to no form");
    else if (e.disabled) fault(e, "is disabled and nothing without script enables it");
  }
  for (const e of document.querySelectorAll("a")) {
    const to = e.getAttribute("href");
    if (!seen(e)) continue;
    if (!to || to === "#" || /^\\s*javascript:/i.test(to)) fault(e, "leads nowhere");
    else if (to.startsWith("#") && !document.getElementById(to.slice(1)))
      fault(e, "leads to no place");
  }
  for (const e of document.querySelectorAll("input, select, textarea")) {
    if (e.type === "hidden" || e.type === "submit" || !seen(e)) continue;
    if (!e.form) fault(e, "belongs to no form");
  }
  for (const form of document.forms) {
    if (!seen(form)) continue;
    const buttons = [...form.elements].filter((e) => e.type === "submit" && seen(e));
    if (!buttons.length) fault(form, "cannot be sent");
  }
  const waiting = "[contenteditable], [draggable=true], [tabindex='0']";
  for (const e of document.querySelectorAll(waiting)) {
    if (seen(e) && !e.closest("a, button, summary, .table-scroll, [role=region]"))
      fault(e, "waits for a script");
  }
  for (const e of document.querySelectorAll("dialog[open], [popover], canvas")) {
    if (seen(e)) fault(e, "is moved by script alone");
  }
  return faults;
}"""
# The acts of the page, each as method and address.
ACTS = """() => [...document.forms].filter((form) => !form.hidden).map((form) =>
  `${(form.getAttribute("method") || "get").toUpperCase()} ${form.getAttribute("action")}`)"""
