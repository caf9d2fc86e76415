"use strict";
// Spot checks: an accepted field is shown without its reading; what a person types is sent, and the next one comes.

const $ = (id) => document.getElementById(id);
let shown = null;
let busy = false;

function show(field) {
  shown = field.id ? field : null;
  $("form").hidden = !shown;
  $("crop-frame").hidden = !shown;
  $("crop").hidden = !shown;
  $("label").textContent = shown ? field.label : "Nothing is to be checked just now";
  $("form-name").textContent = shown ? field.form : "";
  if (!shown) return;
  $("crop").src = `/crops/${field.id}.jpg`;
  $("hint").textContent = field.hint && `Written ${field.hint}`;
  $("value").value = "";
  $("value").focus();
}

async function send(path, body) {
  if (busy) return;
  busy = true;
  try {
    show(await call(path, body));
    $("message").textContent = body.field ? "Saved." : "";
    $("message").classList.remove("bad");
  } catch (refused) {
    $("message").textContent = refused.message;
    $("message").classList.add("bad");
    if (refused.status === 404 || refused.status === 409) show(await call("/api/spot-next", {}));
  } finally {
    busy = false;
  }
}

$("form").addEventListener("submit", (event) => {
  event.preventDefault();
  if ($("value").value.trim()) send("/api/spot-answer", {field: shown.id, value: $("value").value});
});
$("empty").addEventListener("click", () => send("/api/spot-answer", {field: shown.id, value: ""}));
$("unsure").addEventListener("click", () => send("/api/spot-answer", {field: shown.id, value: null}));
addEventListener("pagehide", () => shown && call("/api/spot-later", {field: shown.id}).catch(() => {}));
send("/api/spot-next", {});
