// The stage of Try it: draws finished pictures, compares A and B, shows figures and trouble.

import { $, make, say } from "./dom.js";
import { remedies } from "./notices.js";
import { tr, trCount } from "./translation.js";

const STEP = 2;
const LONG_STEP = 10;

export class Stage {
  constructor() {
    this.canvas = $("out");
    this.context = this.canvas.getContext("2d", { alpha: false });
    this.mode = "slider";
    this.at = 50;
    this.bitmap = null;
    this.doubled = false;
    this.follow();
  }

  /** Shows a picture; with `doubled`, A is its upper half and B its lower one. */
  show(bitmap, doubled) {
    this.bitmap?.close();
    Object.assign(this, { bitmap, doubled });
    $("empty").hidden = true;
    this.calm();
    $("picture").hidden = false;
    this.draw();
  }

  /** Back to the invitation. */
  clear() {
    this.bitmap?.close();
    this.bitmap = null;
    $("picture").hidden = true;
    $("split").hidden = true;
    $("hud").hidden = true;
    $("empty").hidden = false;
    this.calm();
  }

  /** Says what is wrong, on the stage, with a button that tries again. */
  trouble(error, again) {
    const retry = make("button", { className: "button primary", text: tr("Try again"), onclick: again });
    const other = make("button", { className: "button glass", text: tr("Close"), onclick: () => this.calm() });
    const row = make("div", { className: "row" }, retry, other);
    $("trouble").replaceChildren(make("div", {}, make("h2", { text: error.message }), remedies(error.remedy), row));
    $("trouble").hidden = false;
    $("empty").inert = true;
  }

  /** Takes the trouble away. */
  calm() {
    $("trouble").hidden = true;
    $("empty").inert = false;
  }

  figures(fps, delayMs) {
    $("hud").hidden = !this.bitmap;
    say($("hud"), fps === null ? `${Math.round(delayMs)} ms` : trCount("{count} frames a second · {delay} ms", "{count} frames a second · {delay} ms", Math.round(fps), { delay: Math.round(delayMs) }));
  }

  /** "slider" or "beside". */
  arrange(mode) {
    this.mode = mode;
    this.draw();
  }

  draw() {
    const { bitmap, canvas, context, doubled } = this;
    if (!bitmap) return;
    const width = bitmap.width;
    const height = doubled ? bitmap.height / 2 : bitmap.height;
    if (canvas.width !== width || canvas.height !== height) {
      Object.assign(canvas, { width, height });
      $("picture").style.setProperty("--ratio", width / height);
    }
    const beside = this.mode === "beside";
    $("split").hidden = !doubled;
    $("handle").hidden = beside;
    $("split").style.setProperty("--at", `${beside ? 50 : this.at}%`);
    if (!doubled) {
      context.drawImage(bitmap, 0, 0);
    } else if (beside) {
      // The middle of each, where the person is.
      const half = Math.floor(width / 2);
      const left = Math.floor(width / 4);
      context.drawImage(bitmap, left, 0, half, height, 0, 0, half, height);
      context.drawImage(bitmap, left, height, half, height, width - half, 0, half, height);
    } else {
      const cut = Math.round((width * this.at) / 100);
      if (cut > 0) context.drawImage(bitmap, 0, 0, cut, height, 0, 0, cut, height);
      if (cut < width) context.drawImage(bitmap, cut, height, width - cut, height, cut, 0, width - cut, height);
    }
  }

  move(at) {
    this.at = Math.max(0, Math.min(100, at));
    $("handle").setAttribute("aria-valuenow", Math.round(this.at));
    $("handle").setAttribute("aria-valuetext", tr("{percent} percent A", { percent: Math.round(this.at) }));
    this.draw();
  }

  /** The line follows the pointer and the arrow keys. */
  follow() {
    const split = $("split");
    const point = (event) => {
      const box = split.getBoundingClientRect();
      this.move((100 * (event.clientX - box.left)) / box.width);
    };
    split.addEventListener("pointerdown", (event) => {
      if (this.mode !== "slider") return;
      event.preventDefault();
      $("handle").focus({ focusVisible: false });
      split.setPointerCapture(event.pointerId);
      point(event);
    });
    split.addEventListener("pointermove", (event) => split.hasPointerCapture(event.pointerId) && point(event));
    $("handle").addEventListener("keydown", (event) => {
      const step = event.shiftKey ? LONG_STEP : STEP;
      const to = {
        ArrowLeft: this.at - step,
        ArrowDown: this.at - step,
        ArrowRight: this.at + step,
        ArrowUp: this.at + step,
        PageDown: this.at - LONG_STEP,
        PageUp: this.at + LONG_STEP,
        Home: 0,
        End: 100,
      }[event.key];
      if (to === undefined) return;
      event.preventDefault();
      this.move(to);
    });
  }
}
