// paper.js: a list from paper, while a script may help. It does its work without it.
(() => {
  "use strict";
  const one = (sel, root = document) => root.querySelector(sel);
  const all = (sel, root = document) => [...root.querySelectorAll(sel)];

  // On a list from paper "all as listed" and the vaccines say the same; the button says how many people it saves.
  const part = (el) => el.name?.match(/^(as|give|not|other|mother|name|born)\.([^.]+)$/);
  function listed(el) {
    const [, what, key] = part(el) || [];
    const boxes = all(`input[name="give.${key}"]`, el.form), as = one(`input[name="as.${key}"]`, el.form);
    if (!as) return;
    if (what === "as") boxes.forEach((b) => { b.checked = as.checked; });
    else if (what === "give") as.checked = boxes.every((b) => b.checked);
  }
  function people(button) {
    const keys = new Set([...button.form.elements].filter((el) => part(el) && (el.type === "checkbox" ? el.checked : el.value)).map((el) => part(el)[2]));
    one(".said", button).textContent = keys.size ? button.dataset.words.replace("{n}", keys.size) : button.dataset.none;
  }
  const recount = () => all("[data-rows]").forEach(people);
  for (const what of ["change", "input"]) addEventListener(what, (e) => {
    if (e.target.form?.id !== "paper" || !part(e.target)) return;
    listed(e.target);
    recount();
  });
  recount();
})();
