// tramy.js: the keyboard, and small helps while typing. Every page does its work without it.
(() => {
  "use strict";
  const one = (sel, root = document) => root.querySelector(sel);
  const all = (sel, root = document) => [...root.querySelectorAll(sel)];
  const typing = (el) => el.matches("input:not([type=checkbox]):not([type=radio]), textarea, select");
  const shown = (el) => el.offsetParent !== null;

  // Rows of people: arrows move, Enter opens. The focus itself is the mark of the chosen row.
  const rows = () => all(".row > .btn, .row > :last-child .btn").filter(shown);
  function move(step) {
    const list = rows();
    const at = list.indexOf(document.activeElement);
    const to = list[at < 0 ? (step > 0 ? 0 : -1) : at + step];
    if (to) to.focus();
    else if (step < 0) one("#q")?.focus();
  }

  // The page's main action, with the browser's own checks.
  function save() {
    const button = one("form .save .btn");
    if (button && !button.disabled) button.form.requestSubmit(button);
  }

  function press(key, root = document) {
    const target = all(`[data-key="${key}"]`, root).find(shown);
    if (target) target.click();
    return Boolean(target);
  }

  addEventListener("keydown", (e) => {
    const el = e.target;
    if (e.key === "Enter" && (e.ctrlKey || e.metaKey)) { e.preventDefault(); save(); return; }
    if (e.key === "F2") { if (press("F2")) e.preventDefault(); return; }
    if (e.altKey || e.ctrlKey || e.metaKey || e.isComposing) return;
    if (el.id === "q") {
      if (e.key === "ArrowDown") { e.preventDefault(); move(1); }
          // What was found while typing is there already: Enter opens the first.
      const first = one("#found .row > .btn");
      if (e.key === "Enter" && first && first.closest("#found").dataset.q === el.value) { e.preventDefault(); first.click(); }
      if (e.key === "Escape") { el.value = ""; el.dispatchEvent(new Event("input", { bubbles: true })); }
      return;
    }
    if (e.key === "Escape") all(".more[open]").forEach((m) => { m.open = false; });
    if (typing(el)) return;
    if (e.key === "/") { const q = one("#q"); if (q) { e.preventDefault(); q.focus(); q.select(); } }
    else if (e.key === "ArrowDown" || e.key === "ArrowUp") { if (rows().length) { e.preventDefault(); move(e.key === "ArrowDown" ? 1 : -1); } }
    else if (e.key === "u" || e.key === "U") press("U");
    else if (/^[1-9]$/.test(e.key) && !el.matches("[type=radio]")) press(e.key, el.closest(".case") || document);
  });

  // Dates: n is today, q yesterday, 2511 is 25/11 of this year (for a birth: the last 25/11), 25112026 and
  // 251126 are whole dates. Today is the place's day, not the laptop's.
  const two = (n) => String(n).padStart(2, "0");
  const write = (d) => `${two(d.getUTCDate())}/${two(d.getUTCMonth() + 1)}/${d.getUTCFullYear()}`;
  function today() {
    const [d, m, y] = (document.body.dataset.today || "").split("/").map(Number);
    return y ? new Date(Date.UTC(y, m - 1, d)) : null;
  }
  function expand(text, past) {
    const now = today();
    const [day, ...rest] = text.trim().split(/\s+/);
    const hour = rest.length ? " " + rest.join(" ").replace(/^(\d\d?)[hg.](\d\d)?$/, (_, h, m) => `${two(h)}:${m || "00"}`) : "";
    if (!now || !day) return text;
    if (/^n$/i.test(day)) return write(now) + hour;
    if (/^q$/i.test(day)) return write(new Date(now - 864e5)) + hour;
    const m = day.match(/^(\d\d)(\d\d)(\d{4}|\d\d)?$/) || day.match(/^(\d\d?)[/.-](\d\d?)(?:[/.-](\d{4}|\d\d))?$/);
    if (!m) return text;
    let year = m[3] ? Number(m[3].length === 2 ? "20" + m[3] : m[3]) : now.getUTCFullYear();
    let date = new Date(Date.UTC(year, m[2] - 1, m[1]));
    if (!m[3] && past && date > now) date = new Date(Date.UTC(--year, m[2] - 1, m[1]));
    return date.getUTCDate() === Number(m[1]) && date.getUTCMonth() === m[2] - 1 ? write(date) + hour : text;
  }
  addEventListener("focusout", (e) => {
    if (e.target.matches?.("[data-date]") && e.target.value) e.target.value = expand(e.target.value, e.target.name === "born");
  });

  // The save button says what it will do and what it leaves out.
  function count(button) {
    const boxes = all(`input[name="${button.dataset.count}"]`, button.form);
    if (!boxes.length) return;
    const yes = boxes.filter((b) => b.checked);
    const no = boxes.filter((b) => !b.checked && !b.closest(".never")); // nobody forgets what is not to be given
    const names = (list) => list.map((b) => b.dataset.dose).join(", ");
    const not = one("[name=not_done]", button.form)?.value;
    one(".said", button).textContent = !yes.length ? button.dataset.none
      : not ? button.dataset.not.replace("{n}", yes.length)
      : yes.length === 1 ? button.dataset.wordsOne : button.dataset.words.replace("{n}", yes.length);
    one("small", button).textContent = names(yes) + (no.length ? `${yes.length ? "; " : ""}${button.dataset.left} ${names(no)}` : "");
  }
  const recount = () => all("[data-count]").forEach(count);
  addEventListener("change", recount);

  // The list under the bar closes when one looks elsewhere.
  addEventListener("click", (e) => all(".more[open]").forEach((m) => { if (!m.contains(e.target)) m.open = false; }));

  function ready() {
    recount();
    one("[aria-invalid=true]")?.focus();
  }
  addEventListener("focusin", (e) => { if (e.target.matches?.("[data-select]")) e.target.select(); });
  // What is found belongs to what was typed then.
  addEventListener("htmx:afterRequest", (e) => {
    if (e.target.id === "find") one("#found").dataset.q = e.detail.requestConfig?.parameters?.q ?? "";
  });
  // An impatient hand does not post twice.
  addEventListener("submit", (e) => {
    if (e.target.dataset.sent) { e.preventDefault(); return; }
    if (!e.target.matches("[hx-post]:not(#register)")) { e.target.dataset.sent = "1"; setTimeout(() => delete e.target.dataset.sent, 4000); }
  });
  addEventListener("pageshow", () => all("form").forEach((f) => delete f.dataset.sent));
  if (document.readyState === "loading") addEventListener("DOMContentLoaded", ready); else ready();
})();
