// tramy.js: the keyboard, and small helps while typing. Every page does its work without it.
(() => {
  "use strict";
  const one = (sel, root = document) => root.querySelector(sel);
  const all = (sel, root = document) => [...root.querySelectorAll(sel)];
  const typing = (el) => el.matches("input:not([type=checkbox]):not([type=radio]), textarea, select");
  const shown = (el) => el.offsetParent !== null;

  // Rows of people: arrows move, Enter opens. The focus itself is the mark of the chosen row.
  const rows = () => all(".row > .btn, .row > :last-child .btn, .case[tabindex], .cmp[tabindex]").filter((b) => shown(b) && !b.dataset.line);
  function move(step) {
    const list = rows();
    const at = list.findIndex((r) => r === document.activeElement || r.tabIndex < 0 && r.contains(document.activeElement));
    const to = list[at < 0 ? (step > 0 ? 0 : -1) : at + step];
    if (to) to.focus();
    else if (step < 0) one("#q")?.focus();
  }

  // A form's button, with the browser's checks; requestSubmit is Safari 16's.
  const send = (form, button = one("button:not([type=button])", form)) => { if (button) button.click(); else form.submit(); };

  // The page's main action.
  function save() {
    const button = one("form .save button.btn"); // not the way to a twin that stands beside it
    if (button && !button.disabled) send(button.form, button);
  }

  function press(key, root = document) {
    const target = all(`[data-key="${key}"]`, root).find(shown);
    if (target) target.click();
    return Boolean(target);
  }

  // A scanner is a keyboard with a few milliseconds between its keys. What it types outside of any field is no command (the u of a
  // name undoes nothing), and a whole code is looked up from any page on which nothing is half typed.
  const gapMS = 60;
  let burst = "", lastMS = 0, waiting = 0;
  function gather(e) {
    burst = e.timeStamp - lastMS < gapMS ? burst + e.key : e.key;
    lastMS = e.timeStamp;
    clearTimeout(waiting);
  }
  const alone = (act) => { if (burst.length === 1) waiting = setTimeout(act, gapMS); };
  const scanned = (text) => /\d{16}\s*$/.test(text) || /\d{12}[^\w\s]/.test(text);
  const dirty = () => all("input, textarea").some((f) => f.type !== "hidden" && f.id !== "q" &&
    (/^(checkbox|radio)$/.test(f.type) ? f.checked !== f.defaultChecked : f.value !== f.defaultValue));
  function look(text) {
    const form = document.createElement("form"), q = document.createElement("input");
    Object.assign(form, { method: "post", action: "/search", hidden: true });
    Object.assign(q, { name: "q", value: text });
    form.append(q);
    document.body.append(form);
    form.submit();
  }

  addEventListener("keydown", (e) => {
    const el = e.target;
    if (e.key === "Enter" && (e.ctrlKey || e.metaKey)) { e.preventDefault(); save(); return; }
    if (e.key === "F2" || e.key === "F8") { if (press(e.key)) e.preventDefault(); return; }
    if (e.altKey || e.ctrlKey || e.metaKey || e.isComposing) return;
    if (el.id === "q") {
      if (e.key === "ArrowDown") { e.preventDefault(); move(1); }
      // What was found while typing is there already: Enter opens the one who is meant, and goes to the first of several.
      const found = one("#found .found");
      if (e.key === "Enter" && found && found.closest("#found").dataset.q === el.value && one(".row > .btn", found)) {
        e.preventDefault();
        if (found.hasAttribute("data-sure")) one(".row > .btn", found).click(); else move(1);
      }
      if (e.key === "Tab" && !e.shiftKey && scanned(el.value)) { e.preventDefault(); send(el.form); } // some scanners end so
      if (e.key === "Escape") { el.value = ""; el.dispatchEvent(new Event("input", { bubbles: true })); }
      return;
    }
    if (e.key === "Escape") all(".more[open]").forEach((m) => { m.open = false; });
    if (typing(el)) return;
    if (e.key.length === 1) gather(e);
    else if (/^(Enter|Tab)$/.test(e.key) && e.timeStamp - lastMS < gapMS && scanned(burst)) {
      e.preventDefault();
      if (!dirty() && one(".bar nav")) look(burst);
      burst = "";
      return;
    }
    if (e.key === "/") { const q = one("#q"); if (q) { e.preventDefault(); alone(() => { q.focus(); q.select(); }); } }
    else if (e.key === "ArrowDown" || e.key === "ArrowUp") { if (rows().length) { e.preventDefault(); move(e.key === "ArrowDown" ? 1 : -1); } }
    else if (/^[vth]$/i.test(e.key) && one("[data-line]")) { // of whoever has the focus, else of who is next
      const pupil = el.closest(".pupil") || one(".pupil [autofocus]")?.closest(".pupil");
      if (pupil) alone(() => one(`[data-line="${e.key.toLowerCase()}"]`, pupil)?.click());
    }
    else if (e.key === "u" || e.key === "U") alone(() => press("U"));
    else if (e.key === "n" || e.key === "N") alone(() => press("N"));
    else if (/^[1-9]$/.test(e.key) && !el.matches("[type=radio]")) alone(() => {
      // What is settled is what is looked at: without a row of its own a number only leads to the first.
      const row = el.closest(".case, .cmp"), first = one(".case[tabindex], .cmp[tabindex]");
      if (!row && first) first.focus(); else press(e.key, row || document);
    });
  });

  // Dates as registry.ParseDay reads them: h or n is today, q yesterday, -3 and +28 so many days from today, 2511 the last 25/11 (on a
  // vial and for the next visit: the next one), 251126 and 25112026 whole dates. Today is the place's day, not the laptop's.
  const words = { n: 0, h: 0, nay: 0, "hôm nay": 0, "hom nay": 0, today: 0, q: -1, qua: -1, "hôm qua": -1, "hom qua": -1, yesterday: -1 };
  const two = (n) => String(n).padStart(2, "0");
  const write = (d) => `${two(d.getUTCDate())}/${two(d.getUTCMonth() + 1)}/${d.getUTCFullYear()}`;
  function today() {
    const [d, m, y] = (document.body.dataset.today || "").split("/").map(Number);
    return y ? new Date(Date.UTC(y, m - 1, d)) : null;
  }
  function expand(text, ahead) {
    const now = today();
    const timed = text.trim().match(/^(.+?)\s+(\d\d?)[:hg.](\d\d)?$/);
    const day = (timed ? timed[1] : text.trim()).normalize("NFC").toLowerCase().replace(/\s+/g, " ");
    const hour = timed ? ` ${two(timed[2])}:${timed[3] || "00"}` : "";
    if (!now || !day) return text;
    const days = /^[+-]\d{1,3}$/.test(day) && Math.abs(day) <= 366 ? Number(day) : words[day];
    if (days !== undefined) return write(new Date(+now + days * 864e5)) + hour;
    const m = day.match(/^(\d\d)(\d\d)(\d{4}|\d\d)?$/) || day.match(/^(\d\d?)[/.\- ](\d\d?)(?:[/.\- ](\d{4}|\d\d))?$/);
    if (!m) return text;
    let year = m[3] ? Number(m[3]) + (m[3].length === 2 ? 2000 : 0) : now.getUTCFullYear();
    if (m[3]?.length === 2 && year > now.getUTCFullYear() + 10) return text;
    let date = new Date(Date.UTC(year, m[2] - 1, m[1]));
    if (!m[3] && (ahead ? date < now : date > now)) date = new Date(Date.UTC(year += ahead ? 1 : -1, m[2] - 1, m[1]));
    return date.getUTCDate() === Number(m[1]) && date.getUTCMonth() === m[2] - 1 ? write(date) + hour : text;
  }
  addEventListener("focusout", (e) => {
    if (e.target.matches?.("[data-date]") && e.target.value) e.target.value = expand(e.target.value, /^(next|expires|other_expires)/.test(e.target.name));
  });

  // The save button says what it will do and what it leaves out.
  function count(button) {
    const boxes = all(`input[name="${button.dataset.count}"]`, button.form);
    if (!boxes.length) return;
    const yes = boxes.filter((b) => b.checked);
    const why = (b) => one(`[name="not.${b.value}"]`, button.form)?.value;
    const without = boxes.filter((b) => !b.checked && why(b)); // somebody said why
    const no = boxes.filter((b) => !b.checked && !why(b) && !b.closest(".never")); // nobody forgets what is not to be given
    const names = (list) => list.map((b) => b.dataset.dose).join(", ");
    const not = one("[name=not_done]", button.form)?.value;
    one(".said", button).textContent = !yes.length && without.length ? button.dataset.not.replace("{n}", without.length)
      : !yes.length ? button.dataset.none
      : not ? button.dataset.not.replace("{n}", yes.length)
      : yes.length === 1 ? button.dataset.wordsOne : button.dataset.words.replace("{n}", yes.length);
    one("small", button).textContent = [names(yes), without.length && `${button.dataset.without} ${names(without)}`, no.length && `${button.dataset.left} ${names(no)}`]
      .filter(Boolean).join("; ");
  }
  const recount = () => all("[data-count]").forEach(count);
  addEventListener("change", (e) => { // the later word stands
    const el = e.target, line = el.closest?.(".give > li"), box = line && one("[name=give]", line), why = line && one('[name^="not."]', line);
    if (box && why && el === why && why.value) box.checked = false;
    if (box && why && el === box && box.checked) why.value = "";
    recount();
  });

  // The list under the bar closes when one looks elsewhere.
  addEventListener("click", (e) => all(".more[open]").forEach((m) => { if (!m.contains(e.target)) m.open = false; }));

  // A picture that was taken is read at once.
  addEventListener("change", (e) => { if (e.target.id === "photo" && e.target.files.length) send(e.target.form); });

  function ready() {
    document.documentElement.classList.add("js");
    if (document.activeElement?.matches("#q")) document.activeElement.select(); // the next scan takes the place of the last
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
