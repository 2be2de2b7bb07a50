// Short messages at the bottom of the page, and commands that can be copied.

import { $, icon, make } from "./dom.js";

const SHOWN_MS = 9000;
const MOST = 3;

/** Tells the user something; an error stays longer and says what to do. */
export function notice(text, { remedy = "", bad = false } = {}) {
  const again = [...$("notices").children].find((each) => each.dataset.text === text);
  if (again) again.remove();
  const close = make("button", { className: "bare", "aria-label": "Dismiss" }, icon("close"));
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
  const parts = text.split(/`([^`]+)`|'((?:sudo |vcam |pip |systemctl )[^']+)'/).filter((part) => part);
  const commands = new Set([...text.matchAll(/`([^`]+)`|'((?:sudo |vcam |pip |systemctl )[^']+)'/g)].map((found) => found[1] ?? found[2]));
  return make("p", { className: "remedy" }, ...parts.map((part) => (commands.has(part) ? command(part) : part)));
}

/** A command with a button that copies it. */
export function command(text) {
  const button = make("button", { className: "bare", "aria-label": `Copy ${text}` }, icon("copy"));
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
