// Below the tiles: what can be set or said about the chosen background.

import { make } from "./dom.js";
import { fill } from "./sliders.js";
import { tr } from "./translation.js";

const SETTLED_MS = 150;

/** Calls `tell` at most every so often, with the newest value. */
export function rarely(tell) {
  let timer = 0;
  let newest;
  return (value) => {
    newest = value;
    timer ||= setTimeout(() => {
      timer = 0;
      tell(newest);
    }, SETTLED_MS);
  };
}

/** The strength of the blur or the bokeh, from `least` to 100. */
export function strengthSlot(slot, strength, least, changed) {
  const input = make("input", { type: "range", min: least, max: 100, step: 1 });
  input.value = strength;
  const shows = make("output", { text: input.value });
  const tell = rarely(changed);
  input.oninput = () => {
    shows.textContent = input.value;
    fill(input);
    tell(Number(input.value));
  };
  fill(input);
  slot.replaceChildren(make("label", { className: "slider" }, make("span", { text: tr("Strength") }), input, shows));
}

/** Any colour. */
export function colourSlot(slot, colour, changed) {
  const input = make("input", { type: "color", value: colour, "aria-label": tr("Colour of the background") });
  const tell = rarely(changed);
  input.oninput = () => tell(input.value);
  slot.replaceChildren(make("label", { className: "colour-field" }, input, make("span", { text: tr("Click to choose any colour") })));
}

/** A sentence. */
export function textSlot(slot, text) {
  slot.replaceChildren(make("p", { text }));
}

/** Asks whether the room is to be shown; `decide(yes)` is told. */
export function roomSlot(slot, decide) {
  const show = make("button", { className: "button small danger", text: tr("Show"), onclick: () => decide(true) });
  const hide = make("button", { className: "button small", text: tr("Keep hidden"), onclick: () => decide(false) });
  const ask = make("div", { className: "ask", role: "group", "aria-label": tr("Show your real room to everybody who watches?") }, make("b", { text: tr("Show room?") }), show, hide);
  ask.onkeydown = (event) => {
    if (event.key === "Escape") decide(false);
  };
  slot.replaceChildren(ask);
  hide.focus();
}
