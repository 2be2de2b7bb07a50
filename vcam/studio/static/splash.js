"use strict";
// Asks whether the page below it has been loaded, and makes way for it.

const message = document.getElementById("message");

async function ask() {
  try {
    const answer = await (await fetch("/how-state")).json();
    if (answer.state === "ready") {
      location.reload();
      return;
    }
    if (answer.state === "failed") {
      document.getElementById("ring").hidden = true;
      message.textContent = message.dataset.failed;
      document.getElementById("detail").textContent = answer.error;
      return;
    }
  } catch {
    message.textContent = message.dataset.ended;
    document.getElementById("ring").hidden = true;
    return;
  }
  setTimeout(ask, 300);
}

ask();
