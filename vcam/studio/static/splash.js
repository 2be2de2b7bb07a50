"use strict";
// Asks whether the page below it has been loaded, and makes way for it.

async function ask() {
  try {
    const answer = await (await fetch("/how-state")).json();
    if (answer.state === "ready") {
      location.reload();
      return;
    }
    if (answer.state === "failed") {
      document.getElementById("ring").hidden = true;
      document.getElementById("message").textContent = "This page could not be loaded.";
      document.getElementById("detail").textContent = answer.error;
      return;
    }
  } catch {
    document.getElementById("message").textContent = "The studio has ended.";
    document.getElementById("ring").hidden = true;
    return;
  }
  setTimeout(ask, 300);
}

ask();
