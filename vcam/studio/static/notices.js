// Short messages at the bottom of the page, and commands that can be copied.

import { $, icon, make } from "./dom.js";
import { tr } from "./translation.js";

const SHOWN_MS = 9000;
const MOST = 3;
const COMMANDS = /\x60([^\x60]+)\x60|'((?:sudo |vcam |pip |systemctl )[^']+)'/g; // \x60: a backtick

/** Tells the user something; an error stays longer and says what to do. */
export function notice(text, { remedy = "", bad = false } = {}) {
  const again = [...$("notices").children].find((each) => each.dataset.text === text);
  if (again) again.remove();
  const close = make("button", { className: "bare", "aria-label": tr("Dismiss") }, icon("close"));
  const words = make("div", {}, make("b", { text }), remedies(remedy));
  const box = make("div", { className: bad ? "notice bad" : "notice" }, words, close);
  box.dataset.text = text;
  close.onclick = () => box.remove();
  $("notices").append(box);
  while ($("notices").children.length > MOST) $("notices").firstChild.remove();
  setTimeout(() => box.remove(), bad ? 2 * SHOWN_MS : SHOWN_MS);
}

/** Tells the user about a Problem, or about a bug in the page. */
export function complain(error) {
  notice(error.message || String(error), { remedy: error.remedy ?? "", bad: true });
}

/** What to do, in which `commands` and 'commands' can be copied. */
export function remedies(text) {
  const parts = text.split(COMMANDS).filter((part) => part);
  const commands = new Set([...text.matchAll(COMMANDS)].map((found) => found[1] ?? found[2]));
  return make("p", { className: "remedy" }, ...parts.map((part) => (commands.has(part) ? command(part) : part)));
}

/** A command with a button that copies it. */
export function command(text) {
  const button = make("button", { className: "bare", "aria-label": tr("Copy {command}", { command: text }) }, icon("copy"));
  button.onclick = async () => {
    try {
      await navigator.clipboard.writeText(text);
      button.replaceChildren(icon("check"));
      setTimeout(() => button.replaceChildren(icon("copy")), 2000);
    } catch {
      getSelection().selectAllChildren(button.previousSibling);
    }
  };
  return make("span", { className: "command" }, make("code", { text }), button);
}
