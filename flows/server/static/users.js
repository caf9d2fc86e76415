"use strict";
for (const button of document.querySelectorAll("button.access")) {
  button.addEventListener("click", async () => {
    try {
      await call("/api/access", {name: button.dataset.name, active: Boolean(button.dataset.active)});
      location.reload();
    } catch (refused) {
      button.textContent = refused.message;
    }
  });
}
