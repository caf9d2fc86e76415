"use strict";
// The page of a form: its fields drawn over the blank in millimetres, changed by mouse or keyboard, saved as they are.

const $ = (id) => document.getElementById(id);
const given = JSON.parse($("form-data").dataset.form);
const svg = $("blank");
const form = $("field");
const input = (name) => form.elements.namedItem(name);
const round = (number) => Math.round(number * 10) / 10;
const WITH_CELLS = ["text", "name", "address", "code", "date", "amount", "integer"];
let fields = given.fields;
let mark = given.mark;
let sheet = given.pages[0];
let chosen = []; // [field, number of its option or null]
let past = [];
let saved = JSON.stringify(fields);

const boxOf = ([field, option]) => (option === null ? field.box : field.options[option].box);
const isChosen = (field, option) => chosen.some(([f, o]) => f === field && o === option);

function remember() {
  past.push(JSON.stringify(fields));
  past = past.slice(-200);
}

function say(text, bad = false) {
  $("message").textContent = text;
  $("message").classList.toggle("bad", bad);
}

function element(name, attributes, parent) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  parent.append(made);
  return made;
}

function draw(focus = false) {
  svg.setAttribute("viewBox", `0 0 ${sheet.width} ${sheet.height}`);
  svg.replaceChildren();
  element("image", {href: `/forms/${given.name}/${sheet.number}.jpg`, width: sheet.width, height: sheet.height}, svg);
  for (const field of fields) {
    if (field.page !== sheet.number) continue;
    if (field.kind === "choice") field.options.forEach((option, i) => drawBox(field, i, `${field.name}: ${option.value}`));
    else if (field.box) drawBox(field, null, field.name);
  }
  if (focus && chosen.length) svg.querySelector(".chosen")?.focus();
  list();
  show();
}

function drawBox(field, option, name) {
  const at = [field, option];
  const [x, y, width, height] = boxOf(at);
  const kind = field.kind === "choice" ? "checkbox" : field.kind;
  const group = element("g", {class: `place k-${kind}${isChosen(field, option) ? " chosen" : ""}`, tabindex: 0, role: "button",
    "aria-label": `${name}, ${field.kind}`, "aria-pressed": isChosen(field, option), "data-name": name}, svg);
  element("rect", {x, y, width, height}, group);
  inner(field, x, y, width, height, group);
  if (option === null || isChosen(field, option)) element("text", {x: x + 0.4, y: y + 2}, group).textContent = name;
  if (isChosen(field, option)) element("rect", {class: "corner", x: x + width - 1.2, y: y + height - 1.2, width: 2.4, height: 2.4}, group);
  group.addEventListener("pointerdown", (event) => grab(event, at));
  group.addEventListener("keydown", (event) => key(event, at));
}

function inner(field, x, y, width, height, group) {
  const line = (x1, y1, x2, y2) => element("line", {x1, y1, x2, y2}, group);
  if (field.kind === "table" && field.rows) {
    for (let row = 1; row < field.rows; row++) line(x, y + (height * row) / field.rows, x + width, y + (height * row) / field.rows);
    for (const column of field.columns) if (column.x > 0.2) line(x + column.x, y, x + column.x, y + height);
  }
  for (let cell = 1; cell < (field.cells || 0); cell++) line(x + (width * cell) / field.cells, y, x + (width * cell) / field.cells, y + height);
}

function choose(at, more) {
  if (more) chosen = isChosen(...at) ? chosen.filter(([f, o]) => f !== at[0] || o !== at[1]) : [...chosen, at];
  else if (!isChosen(...at)) chosen = [at];
}

function where(event) {
  const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
  return [point.x, point.y];
}

function grab(event, at) {
  event.preventDefault();
  const resize = event.target.classList.contains("corner");
  choose(at, event.ctrlKey || event.metaKey);
  draw(true);
  const [x, y] = where(event);
  const before = chosen.map((one) => [...boxOf(one)]);
  const state = JSON.stringify(fields);
  let moved = false;
  const move = (now) => {
    const [toX, toY] = where(now);
    if (!moved && Math.hypot(toX - x, toY - y) < 0.5) return;
    if (!moved) past.push(state);
    moved = true;
    chosen.forEach((one, i) => shift(boxOf(one), before[i], toX - x, toY - y, resize));
    draw(true);
  };
  const drop = () => {
    removeEventListener("pointermove", move);
    removeEventListener("pointerup", drop);
  };
  addEventListener("pointermove", move);
  addEventListener("pointerup", drop);
}

// Moves a box, or its lower right corner, from where it was; it stays on the paper.
function shift(box, before, across, down, resize) {
  const [x, y, width, height] = before;
  if (resize) {
    box[2] = round(Math.min(Math.max(1, width + across), sheet.width - x));
    box[3] = round(Math.min(Math.max(1, height + down), sheet.height - y));
  } else {
    box[0] = round(Math.min(Math.max(0, x + across), sheet.width - width));
    box[1] = round(Math.min(Math.max(0, y + down), sheet.height - height));
  }
}

function key(event, at) {
  const steps = {ArrowLeft: [-0.5, 0], ArrowRight: [0.5, 0], ArrowUp: [0, -0.5], ArrowDown: [0, 0.5]};
  if (event.key === "Enter" || event.key === " ") {
    choose(at, event.ctrlKey || event.metaKey);
    draw(true);
  } else if (event.key in steps) {
    choose(at, false);
    remember();
    for (const one of chosen) shift(boxOf(one), [...boxOf(one)], ...steps[event.key], event.shiftKey);
    draw(true);
  } else if (event.key === "Delete" || event.key === "Backspace") {
    choose(at, false);
    remove();
  } else return;
  event.preventDefault();
}

function list() {
  $("list").replaceChildren(
    ...fields.map((field) => {
      const line = document.createElement("li");
      const button = document.createElement("button");
      button.type = "button";
      button.className = "quiet";
      button.textContent = `${field.name} (${field.kind})`;
      button.addEventListener("click", (event) => {
        sheet = given.pages.find((page) => page.number === field.page) || sheet;
        $("sheet").value = sheet.number;
        choose([field, field.kind === "choice" ? 0 : null], event.ctrlKey || event.metaKey);
        draw(true);
      });
      line.append(button);
      return line;
    }),
  );
}

// The chosen field beside the page.
function show() {
  form.hidden = !chosen.length;
  if (!chosen.length) return;
  const [field, option] = chosen.at(-1);
  const box = boxOf([field, option]);
  for (const part of ["name", "kind", "cells", "lines", "rows", "date_order"]) input(part).value = field[part] ?? "";
  ["x", "y", "width", "height"].forEach((part, i) => (input(part).value = box[i]));
  input("required").checked = Boolean(field.required);
  input("option").value = option === null ? "" : field.options[option].value;
  input("columns").value = (field.columns || []).map((column) => `${column.name} ${column.kind} ${column.width}`).join("\n");
  const kind = field.kind;
  const shown = {"of-text": ["text", "name", "address"].includes(kind), "of-cells": WITH_CELLS.includes(kind), "of-date": kind === "date",
    "of-table": kind === "table", "of-option": option !== null};
  for (const [name, yes] of Object.entries(shown)) for (const part of form.getElementsByClassName(name)) part.hidden = !yes;
  const ticks = chosen.every(([f]) => f.kind === "checkbox");
  $("group").hidden = !(ticks && chosen.length > 1);
  $("ungroup").hidden = kind !== "choice";
  $("mark-table").hidden = ["table", "choice"].includes(kind) || chosen.length > 1;
}

function setKind(field, kind) {
  field.kind = kind;
  if (kind === "date") field.date_order ||= sheet.width > 212 ? "MDY" : "DMY";
  else delete field.date_order;
  if (kind !== "choice" && field.options?.length) {
    field.box = field.options[0].box;
    field.options = [];
  }
  if (kind === "choice") {
    field.options = [{value: field.name, box: field.box}];
    delete field.box;
    chosen = [[field, 0]];
  }
  if (kind === "table") Object.assign(field, {rows: field.rows || 3, columns: field.columns?.length ? field.columns : [{name: "first", kind: "text", x: 0, width: round(field.box[2])}]});
  else {
    delete field.rows;
    field.columns = [];
  }
  if (!WITH_CELLS.includes(kind)) delete field.cells;
  if (!["text", "name", "address"].includes(kind)) delete field.lines;
}

// "name kind width" a line; without widths the rest of the table is shared.
function columnsOf(field, text) {
  const lines = text.split("\n").map((line) => line.trim().split(/\s+/)).filter((line) => line[0]);
  const open = lines.filter((line) => !(Number(line[2]) > 0)).length;
  const left = field.box[2] - lines.reduce((sum, line) => sum + (Number(line[2]) || 0), 0);
  let x = 0;
  return lines.map(([name, kind = "text", width]) => {
    const old = field.columns.find((column) => column.name === name);
    const made = {name, kind, x: round(x), width: Number(width) || round(Math.max(1, left / open - 0.05))};
    if (kind === "date") made.date_order = old?.date_order || (sheet.width > 212 ? "MDY" : "DMY");
    x += made.width;
    return made;
  });
}

form.addEventListener("change", (event) => {
  const [field, option] = chosen.at(-1);
  const {name, value} = event.target;
  remember();
  const side = ["x", "y", "width", "height"].indexOf(name);
  if (side >= 0) boxOf([field, option])[side] = Number(value);
  else if (name === "kind") chosen.map(([f]) => f).forEach((f) => setKind(f, value));
  else if (name === "option") field.options[option].value = value;
  else if (name === "columns") field.columns = columnsOf(field, value);
  else if (name === "required") field.required = event.target.checked;
  else if (["cells", "lines", "rows"].includes(name)) value ? (field[name] = Number(value)) : delete field[name];
  else field[name] = value.trim();
  draw();
});
form.addEventListener("submit", (event) => event.preventDefault());

function freeName(stem) {
  let name = stem;
  for (let i = 2; fields.some((field) => field.name === name); i++) name = `${stem}_${i}`;
  return name;
}

function add() {
  remember();
  const [left, top] = [round(sheet.width / 2 - 25), round(sheet.height / 2 - 4)];
  const made = {was: null, name: freeName("field"), kind: "text", page: sheet.number, box: [left, top, 50, 8], columns: [], options: []};
  fields.push(made);
  chosen = [[made, null]];
  draw(true);
}

function remove() {
  if (!chosen.length) return;
  remember();
  for (const [field, option] of [...chosen].sort((a, b) => (b[1] ?? 0) - (a[1] ?? 0))) {
    if (option !== null) field.options.splice(option, 1);
    if (option === null || !field.options.length) fields = fields.filter((other) => other !== field);
  }
  chosen = [];
  draw();
}

function group() {
  remember();
  const boxes = chosen.map(([field]) => field);
  const [first] = boxes;
  const made = {was: null, name: freeName("choice"), kind: "choice", page: first.page, columns: [],
    options: boxes.map((field) => ({value: field.name, box: field.box}))};
  fields.splice(fields.indexOf(first), 0, made);
  fields = fields.filter((field) => !boxes.includes(field));
  chosen = [[made, 0]];
  draw(true);
  input("name").select();
}

function ungroup() {
  remember();
  const [field] = chosen.at(-1);
  const at = fields.indexOf(field);
  fields.splice(at, 1);
  for (const option of [...field.options].reverse()) {
    const name = freeName(option.value.toLowerCase().replace(/[^a-z0-9]+/g, "_").replace(/^[^a-z]+|_$/g, "") || "tick");
    fields.splice(at, 0, {was: null, name, kind: "checkbox", page: field.page, box: option.box, columns: [], options: []});
  }
  chosen = [];
  draw();
}

function undo() {
  if (!past.length) return;
  fields = JSON.parse(past.pop());
  chosen = [];
  draw();
}

async function save() {
  try {
    const said = await call("/api/form-save", {name: given.name, mark, fields});
    ({mark, fields} = said);
    saved = JSON.stringify(fields);
    past = [];
    chosen = [];
    draw();
    say(said.faults.length ? `Saved, but it cannot be used yet: ${said.faults.join("; ")}` : "Saved.", said.faults.length > 0);
    return true;
  } catch (refused) {
    say(refused.message, true);
    return false;
  }
}

$("try").addEventListener("submit", async (event) => {
  event.preventDefault();
  if (!(await save())) return;
  say("Reading: this takes some seconds…");
  try {
    const query = `name=${encodeURIComponent(given.name)}&number=${$("scan-page").value}`;
    const answer = await fetch(`/api/form-try?${query}`, {
      method: "POST",
      headers: {"Content-Type": "application/octet-stream", "X-CSRF-Token": csrf},
      body: $("scan").files[0],
    });
    const said = await answer.json();
    if (!answer.ok) throw new Error(said.message);
    $("tried").hidden = false;
    $("tried").tBodies[0].replaceChildren(...said.map(row));
    say("Read. Nothing of it is kept.");
  } catch (why) {
    say(why.message, true);
  }
});

function row(field) {
  const line = document.createElement("tr");
  for (const text of [field.name, field.value, `${field.status}, ${Math.round(100 * field.confidence)} %`]) {
    line.append(Object.assign(document.createElement("td"), {textContent: text}));
  }
  line.title = field.reasons.join("; ");
  return line;
}

for (const [id, act] of Object.entries({add, remove, group, ungroup, undo, save})) $(id).addEventListener("click", act);
$("mark-table").addEventListener("click", () => {
  remember();
  setKind(chosen[0][0], "table");
  draw();
  input("columns").focus();
});
$("sheet").append(...given.pages.map((page) => new Option(page.number, page.number)));
$("sheet").addEventListener("change", () => {
  sheet = given.pages.find((page) => page.number === Number($("sheet").value));
  chosen = [];
  draw();
});
input("kind").append(...given.kinds.map((kind) => new Option(kind, kind)));
addEventListener("keydown", (event) => {
  if (!(event.ctrlKey || event.metaKey)) return;
  if (event.key === "s") save();
  else if (event.key === "z" && !["INPUT", "TEXTAREA"].includes(event.target.tagName)) undo();
  else return;
  event.preventDefault();
});
addEventListener("beforeunload", (event) => {
  if (JSON.stringify(fields) !== saved) event.preventDefault();
});
draw();
