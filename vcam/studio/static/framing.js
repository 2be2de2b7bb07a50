// Which part of the camera's picture My camera shows: following people, or by hand.

import { $, say } from "./dom.js";
import { fill } from "./sliders.js";
import { rarely } from "./slot.js";

const DIALS = { zoom: 100, pan: 0, tilt: 0 };
const FURTHEST = 100;

export class Framing {
  /** `set(...words)` changes the settings of the running vcam. */
  constructor(set) {
    this.set = set;
    $("framing").onchange = () => set(`framing=${$("framing").checked ? "auto" : "off"}`);
    $("tightness").onchange = () => set(`tightness=${$("tightness").value}`);
    this.tell = rarely(() => set(...Object.keys(DIALS).map((name) => `${name}=${$(name).value}`)));
    for (const name of Object.keys(DIALS)) {
      $(name).oninput = () => {
        this.paint();
        this.tell();
      };
    }
    this.drag($("on-air"));
  }

  /** The picture follows the pointer while it is zoomed by hand. */
  drag(picture) {
    picture.draggable = false;
    let last = null;
    picture.addEventListener("pointerdown", (event) => {
      if (!this.byHand) return;
      last = event;
      picture.setPointerCapture(event.pointerId);
    });
    picture.addEventListener("pointermove", (event) => {
      if (!last || !picture.hasPointerCapture(event.pointerId)) return;
      // The picture is what is seen of it, divided by the zoom; it may move by the rest.
      const room = ($("zoom").value - DIALS.zoom) / (2 * FURTHEST);
      this.move("pan", (last.clientX - event.clientX) / picture.clientWidth / room);
      this.move("tilt", (event.clientY - last.clientY) / picture.clientHeight / room);
      last = event;
      this.paint();
      this.tell();
    });
    picture.addEventListener("lostpointercapture", () => (last = null));
  }

  move(name, share) {
    const to = Number($(name).value) + FURTHEST * share;
    $(name).value = Math.max(-FURTHEST, Math.min(FURTHEST, to));
  }

  get byHand() {
    return $("zoom").value > DIALS.zoom;
  }

  paint() {
    for (const name of Object.keys(DIALS)) {
      say($(`${name}-shows`), `${Math.round($(name).value)} %`.replace("-", "−"));
      fill($(name));
    }
    for (const id of ["pan", "tilt"]) $(id).disabled = Boolean($(id).locked) || !this.byHand;
    $("on-air").classList.toggle("grab", this.byHand);
  }

  /** Shows these settings; a vcam that has been running since before an update has fewer. */
  show({ framing }) {
    const { auto, tightness = "shoulders" } = framing;
    $("framing").checked = auto;
    $("tightness").value = tightness;
    for (const [name, usual] of Object.entries(DIALS)) {
      if (document.activeElement !== $(name)) $(name).value = auto ? usual : (framing[name] ?? usual);
    }
    this.paint();
  }
}
