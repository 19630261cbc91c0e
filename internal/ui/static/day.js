// day.js: the day's queue and the form of a screening, while a script may help. Both do their work without it.
(() => {
  "use strict";
  const one = (sel, root = document) => root.querySelector(sel);
  const all = (sel, root = document) => [...root.querySelectorAll(sel)];

  // The day's lists ask for news every second and a half, so that all devices of a room agree within two. They never disturb a
  // hand: nothing is asked while a button is held down or nobody looks, and what was open or chosen stays so.
  let held = false, kept = null;
  addEventListener("pointerdown", () => { held = true; });
  for (const end of ["pointerup", "pointercancel", "blur"]) addEventListener(end, () => { held = false; });
  const asks = (e) => e.detail.elt?.id === "lists";
  addEventListener("htmx:beforeRequest", (e) => { if (asks(e) && (held || document.hidden)) e.preventDefault(); });
  addEventListener("htmx:beforeSwap", (e) => {
    if (e.detail.target?.id !== "lists") return;
    if (asks(e) && held) { e.detail.shouldSwap = false; return; }
    const row = document.activeElement?.closest("#lists .row, #lists .watch li");
    const part = row?.closest("section, form.sheet, details");
    kept = {
      open: all("#lists details[open]").map((d) => d.id),
      part: part?.id, id: document.activeElement?.id, at: row ? [...row.parentElement.children].indexOf(row) : -1,
    };
  });
  addEventListener("htmx:afterSettle", (e) => {
    if (!kept || e.detail.target?.id !== "lists" && e.detail.elt?.id !== "lists") return;
    const { open, part, id, at } = kept;
    kept = null;
    open.forEach((d) => { const el = document.getElementById(d); if (el) el.open = true; });
    if (!part || document.activeElement?.closest("#lists")) return;
    const list = all(".row, .watch li", document.getElementById(part) || document.createElement("p"));
    const next = document.getElementById(id) || one(".btn", list[Math.min(at, list.length - 1)] || document.createElement("p"));
    next?.focus({ preventScroll: true });
  });
  // What a form of the lists could not do is said by a page of its own.
  for (const wrong of ["htmx:responseError", "htmx:sendError"]) addEventListener(wrong, (e) => {
    const form = e.detail.elt;
    if (form.matches?.("#lists form[hx-post]")) {
      const who = e.detail.requestConfig?.parameters?.who;
      if (who) { const field = document.createElement("input"); field.type = "hidden"; field.name = "who"; field.value = who; form.append(field); }
      form.submit();
    }
  });

  // A finding proposes its conclusion, as long as nobody chose another one.
  const caution = ["eligible", "postpone", "refer", "contraindicated"];
  addEventListener("change", (e) => {
    const form = e.target.closest?.("#screen");
    if (!form) return;
    if (e.target.name === "conclusion") { form.dataset.chosen = "1"; return; }
    if (e.target.name !== "finding" || form.dataset.chosen) return;
    const worst = all("[name=finding]:checked", form).map((b) => caution.indexOf(b.dataset.leads)).reduce((a, b) => Math.max(a, b), 0);
    const radio = one(`[name=conclusion][value="${caution[worst]}"]`, form);
    if (radio) { radio.checked = true; one("[name=proposed]", form).value = caution[worst]; }
  });
})();
