// The dials of the mask: a slider each, with what it does in a sentence.

import { $, icon, make } from "./dom.js";
import { fill } from "./sliders.js";
import { tr, trCount } from "./translation.js";

const DIALS = {
  threshold: [tr("Threshold"), "", tr("How sure the model must be that a point is you. Higher cuts more away, lower keeps more.")],
  edge: [tr("Edge"), " px", tr("Grows your outline (+) or shrinks it (−). In pixels of a picture 720 lines high.")],
  feather: [tr("Feather"), " px", tr("Softens your outline over so many more pixels.")],
  smoothing: [tr("Smoothing"), "", tr("How much of the last mask is kept where nothing moves. More is calmer, less follows faster.")],
};

export class Dials {
  /** `changed(name, value)`; the value `null` is the preset's. */
  constructor(facts, changed) {
    Object.assign(this, { facts, changed });
    this.rows = {};
    for (const name of Object.keys(DIALS)) if (facts.ranges[name]) this.rows[name] = this.row(name);
    $("dials").replaceChildren(...Object.values(this.rows).map((row) => row.element));
  }

  row(name) {
    const [title, unit, sentence] = DIALS[name];
    const [min, max, step] = this.facts.ranges[name];
    const id = `dial-${name}`;
    const input = make("input", { type: "range", id, min, max, step, "aria-describedby": `${id}-why` });
    const shows = make("output", { htmlFor: id });
    const reset = make("button", { type: "button", className: "bare reset", title: tr("Back to the preset's value"), "aria-label": tr("{dial}: back to the preset's value", { dial: title }) }, icon("reset"));
    const digits = step < 1 ? (String(step).split(".")[1] ?? "").length : 0;
    const row = { input, shows, reset, unit, digits };
    input.oninput = () => {
      this.changed(name, Number(input.value));
      this.paint(row, Number(input.value), true);
      this.count();
    };
    reset.onclick = () => {
      this.changed(name, null);
      input.focus();
    };
    row.element = make(
      "div",
      { className: "dial" },
      make("div", { className: "dial-head" }, make("label", { htmlFor: id, text: title }), shows, reset),
      input,
      make("p", { id: `${id}-why`, text: sentence }),
    );
    return row;
  }

  paint(row, value, own) {
    row.shows.textContent = `${value > 0 && row.input.min < 0 ? "+" : ""}${value.toFixed(row.digits)}${row.unit}`.replace("-", "−");
    row.reset.classList.toggle("idle", !own);
    row.reset.disabled = !own;
    fill(row.input);
  }

  /** Shows these settings. */
  show(settings) {
    for (const [name, row] of Object.entries(this.rows)) {
      const value = settings[name] ?? this.facts.presets[settings.preset]?.[name] ?? 0;
      row.input.value = value;
      this.paint(row, value, settings[name] !== null);
    }
    this.count();
  }

  count() {
    const own = Object.values(this.rows).filter((row) => !row.reset.disabled).length;
    $("dials-changed").textContent = own ? trCount("{count} changed", "{count} changed", own) : "";
  }
}
