"use strict";
// A whole document: what is changed is sent with Enter, and the pages are then shown as the rules have left them.

const message = document.getElementById("message");
const marks = new Map(); // of the fields that are lent to us: what they were when they were shown

function say(text, bad = false) {
  message.textContent = text;
  message.classList.toggle("bad", bad);
  if (bad) message.scrollIntoView({block: "nearest"});
}

async function attempt(work, done = "Saved.") {
  try {
    await work();
    await refresh();
    say(done);
  } catch (refused) {
    say(refused.message, true);
  }
}

async function lent(field) {
  if (!marks.has(field)) marks.set(field, (await call("/api/borrow", {field})).mark);
  return marks.get(field);
}

async function answer(field, value) {
  const mark = await lent(field);
  marks.delete(field);
  const said = await call("/api/answer", {field, value, mark});
  if (said.outcome !== "settled") throw new Refused(200, "Saved. Another person is asked, too.");
}

async function refresh() {
  const open = document.activeElement?.dataset?.field;
  const text = await (await fetch(location.href)).text();
  const fresh = new DOMParser().parseFromString(text, "text/html");
  for (const id of ["pages", "about"]) {
    const part = fresh.getElementById(id);
    if (part) document.getElementById(id).replaceChildren(...part.childNodes);
  }
  marks.clear();
  if (document.getElementById("message") !== message) document.getElementById("message").replaceWith(message);
  if (open) {
    const boxes = [...document.querySelectorAll(".one :is(input, textarea)")];
    const place = boxes.findIndex((box) => box.dataset.field === open);
    boxes[place + 1]?.focus();
  }
}

function lines(table) {
  const columns = JSON.parse(table.dataset.columns);
  return [...table.tBodies[0].rows]
    .map((row) => [...row.querySelectorAll("input")].map((box) => box.value.trim()))
    .filter((values) => values.some(Boolean))
    .map((values) => Object.fromEntries(columns.map((column, place) => [column, values[place] || null])));
}

function addLine(table) {
  const columns = JSON.parse(table.dataset.columns);
  const row = table.tBodies[0].insertRow();
  for (const column of columns) {
    const box = document.createElement("input");
    box.setAttribute("aria-label", `${column}, new line`);
    row.insertCell().append(box);
  }
  const remove = document.createElement("button");
  Object.assign(remove, {type: "button", className: "quiet remove", textContent: "✕", ariaLabel: "remove the new line"});
  row.insertCell().append(remove);
  row.querySelector("input").focus();
}

const tableOf = (id) => document.querySelector(`table[data-table="${id}"]`);

document.addEventListener("focusin", (event) => {
  const box = event.target;
  for (const link of document.querySelectorAll(".sheet a")) link.classList.toggle("at", link.dataset.field === box.dataset?.field);
  if (box.matches?.(".one :is(input, textarea):not([readonly])"))
    lent(Number(box.dataset.field)).catch((refused) => say(refused.message, true));
});

document.addEventListener("keydown", (event) => {
  const box = event.target;
  if (event.key === "Enter" && !event.shiftKey && box.matches(".one :is(input, textarea):not([readonly])")) {
    event.preventDefault();
    const asRead = box.value === box.dataset.value && box.value !== "";
    attempt(() => answer(Number(box.dataset.field), asRead ? null : box.value));
  }
  if (event.key === "Escape" && box.matches(".one :is(input, textarea)")) box.value = box.dataset.value;
  if (event.key === "Enter" && box.matches(".grid input")) {
    event.preventDefault();
    saveTable(box.closest("table"));
  }
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z" && !box.matches("input, textarea")) {
    event.preventDefault();
    attempt(() => call("/api/undo", null), "Undone.");
  }
});

function saveTable(table) {
  attempt(() => answer(Number(table.dataset.table), JSON.stringify(lines(table))));
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("button, .sheet a");
  if (!button) return;
  if (button.matches(".add")) addLine(tableOf(button.dataset.table));
  else if (button.matches(".save")) saveTable(tableOf(button.dataset.table));
  else if (button.matches(".remove")) button.closest("tr").remove();
  else if (button.matches(".decide")) attempt(() => answer(Number(button.dataset.field), button.dataset.value));
  else if (button.matches(".close-page")) attempt(() => call("/api/close-page", {page: Number(button.dataset.page)}), "Closed.");
  else if (button.matches(".read-as")) {
    say("It is being read. That takes some seconds.");
    const form = button.parentElement.querySelector("select").value;
    attempt(() => call("/api/read-as", {page: Number(button.dataset.page), form}), "Read.");
  } else if (button.matches(".sheet a")) document.getElementById(`f${button.dataset.field}`)?.focus();
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.id !== "missing") return;
  event.preventDefault();
  const said = {document: Number(form.dataset.document), missing: Boolean(form.dataset.missing), why: form.elements.why.value};
  attempt(() => call("/api/page-missing", said));
});

document.addEventListener("error", (event) => {
  // A scan that is kept no more: its place says so.
  const image = event.target;
  if (image.matches?.("img.thumb")) image.remove();
  else if (image.matches?.("img.scan")) {
    fetch(image.src).then(async (answer) => {
      const told = document.createElement("p");
      told.textContent = answer.ok ? "" : await answer.text();
      image.closest(".sheet").replaceChildren(told);
    });
  }
}, true);
