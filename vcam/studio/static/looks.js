// How you look: a switch for each effect, and a slider for what is a share.

import { $, make } from "./dom.js";
import { fill } from "./sliders.js";
import { rarely } from "./slot.js";
import { tr } from "./translation.js";

/** By option, in order: the title, and what it does in a sentence. */
export const LOOKS = {
  match: [tr("Match the background's light"), tr("Its light and its colours fall on you.")],
  light: [tr("Light in dark rooms"), tr("Lifts you out of a dark room.")],
  denoise: [tr("Less noise in dark rooms"), tr("Calms the grain of a dark room on you.")],
  wrap: [tr("Light on your edge"), tr("The background shines on your outline: you look less cut out.")],
  skin: [tr("Softer skin"), tr("Its fine structure is lowered; eyes, lips, beard and hair stay.")],
  darker: [tr("Darker background"), tr("What is behind you is darkened, so that you stand out.")],
};

export class Looks {
  /** `changed(word)` gets what `vcam set` takes. */
  constructor(changed) {
    this.changed = changed;
    this.rows = Object.fromEntries(Object.entries(LOOKS).map(([option, look]) => [option, this.row(option, ...look)]));
    $("looks").replaceChildren(...Object.values(this.rows).flatMap((row) => row.elements));
  }

  row(option, title, sentence) {
    const id = `look-${option}`;
    const box = make("input", { type: "checkbox", role: "switch", id });
    const label = make("label", { className: "switch", htmlFor: id }, make("span", {}, make("b", { text: title }), make("small", { text: sentence })), box);
    const input = make("input", { type: "range", id: `${id}-share`, min: 5, max: 100, step: 5, "aria-label": tr("{look}: how strong", { look: title }) });
    const shows = make("output", {});
    const share = make("div", { className: "slider share" }, input, shows);
    const row = { box, input, shows, share, elements: [label, share] };
    const tell = rarely((value) => this.changed(`appearance.${option}=${value}`));
    box.onchange = () => {
      share.hidden = true; // until it is told how strong "on" is
      this.changed(`appearance.${option}=${box.checked ? "on" : "off"}`);
    };
    input.oninput = () => {
      this.paint(row, Number(input.value));
      tell(Number(input.value));
    };
    return row;
  }

  paint(row, value) {
    row.shows.textContent = `${value} %`;
    fill(row.input);
  }

  /** Shows what is set; a vcam that has been running since before an update may know less. */
  show({ appearance = {} }) {
    for (const [option, row] of Object.entries(this.rows)) {
      const value = appearance[option] ?? 0;
      row.box.checked = Boolean(value);
      row.share.hidden = typeof value === "boolean" || !value;
      if (row.share.hidden || document.activeElement === row.input) continue;
      row.input.value = value;
      this.paint(row, value);
    }
  }
}
