"use strict";
// Calls of the server, for all pages: with the session's token, and an error that a person can read.

const csrf = document.querySelector('meta[name="csrf"]').content;

class Refused extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

async function call(path, body) {
  let answer;
  try {
    answer = await fetch(path, {
      method: "POST",
      keepalive: true, // a page that is left still says so
      headers: {"Content-Type": "application/json", "X-CSRF-Token": csrf},
      body: JSON.stringify(body),
    });
  } catch {
    throw new Refused(0, "The server does not answer. Nothing was saved: try again in a moment.");
  }
  const said = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Refused(answer.status, said.message || "That did not work.");
  return said;
}

document.getElementById("sign-out")?.addEventListener("click", async () => {
  const said = await call("/api/sign-out", {}).catch(() => ({}));
  location.assign(said.next || "/sign-in");
});
