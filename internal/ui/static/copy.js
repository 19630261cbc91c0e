// copy.js: copies a message to a family. The clipboard's own interface wants HTTPS, which a laptop is not always asked by.
(() => {
  "use strict";
  addEventListener("click", (e) => {
    const button = e.target.closest?.("[data-copy]"), field = button && document.getElementById(button.dataset.copy);
    if (!field) return;
    field.select();
    if (document.execCommand("copy")) button.parentElement.querySelector("[role=status]").textContent = button.dataset.done;
  });
})();
