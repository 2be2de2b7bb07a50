// Keep and drop: painting on the camera's own picture, which only the user sees.

import { segments } from "./choices.js";
import { $, say } from "./dom.js";
import { complain, notice } from "./notices.js";
import { get, post } from "./server.js";
import { fill } from "./sliders.js";
import { tr } from "./translation.js";

const TOOLS = [["k", tr("Keep")], ["d", tr("Never show")], [".", tr("Erase")]];
const COLOURS = { k: [32, 200, 120, 130], d: [225, 40, 60, 160], ".": [0, 0, 0, 0] };
const EVERY_MS = 400;
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const STEP = 2;

export class Paint {
  constructor() {
    this.open = false;
    this.rows = null;
    this.tools = segments($("paint-tools"), TOOLS, () => this.point());
    this.tools.mark("k");
    $("paint-open").onclick = () => this.begin();
    $("paint-cancel").onclick = () => this.end();
    $("paint-clear").onclick = () => this.fill(".");
    $("paint-use").onclick = () => this.use();
    $("paint-brush").oninput = () => fill($("paint-brush"));
    fill($("paint-brush"));
    const canvas = $("paint-canvas");
    canvas.onpointerdown = (event) => {
      if (!this.rows || event.button) return;
      canvas.setPointerCapture(event.pointerId);
      this.last = null;
      this.stroke(this.at(event));
    };
    canvas.onpointermove = (event) => {
      this.cursor = this.rows && this.at(event);
      if (this.rows && canvas.hasPointerCapture(event.pointerId)) this.stroke(this.cursor);
      else this.point();
    };
    canvas.onpointerleave = () => {
      this.cursor = null;
      this.point();
    };
    canvas.onkeydown = (event) => this.key(event);
    $("paint").onkeydown = $("paint-bar").onkeydown = (event) => {
      if (event.key === "Escape") this.end();
    };
    document.addEventListener("visibilitychange", () => this.look());
  }

  begin() {
    this.open = true;
    this.rows = this.camera = this.cursor = this.stored = null;
    this.show();
    this.reach();
    this.look();
  }

  /** On a narrow page the tools are far above the button that opens them. */
  reach() {
    const tools = $("paint-bar").getBoundingClientRect();
    const hidden = tools.top < $("camera-stage").getBoundingClientRect().bottom || tools.bottom > innerHeight;
    if (hidden) $("paint-bar").scrollIntoView({ block: "center" });
  }

  end() {
    this.open = false;
    this.rows = null;
    $("paint-picture").removeAttribute("src");
    this.show();
    $("paint-open").focus();
  }

  show() {
    $("paint").hidden = $("paint-bar").hidden = !this.open;
    $("paint-open").disabled = this.open;
    $("paint-use").disabled = $("paint-clear").disabled = !this.rows;
    $("paint-wait").hidden = Boolean(this.rows);
  }

  /** Asks for the camera's picture again and again while it is painted on. */
  async look() {
    if (!this.open || document.hidden || this.looking) return;
    this.looking = true;
    try {
      this.see(await get("/api/camera/canvas"));
    } catch (error) {
      complain(error);
      this.end();
    }
    await new Promise((over) => setTimeout(over, EVERY_MS));
    this.looking = false;
    this.look();
  }

  see({ jpeg, camera, rows }) {
    if (!this.open || !jpeg) return;
    const stored = rows.join("\n");
    if (camera !== this.camera || stored !== this.stored) {
      if (this.rows) notice(tr("The picture, or what is painted on it, was changed meanwhile: this is how it is now"));
      this.take(camera, rows);
      this.stored = stored;
    }
    $("paint-picture").src = `data:image/jpeg;base64,${jpeg}`;
  }

  /** What was painted for this camera before. */
  take(camera, rows) {
    this.camera = camera;
    this.rows = rows.map((row) => [...row]);
    const canvas = $("paint-canvas");
    [canvas.width, canvas.height] = [rows[0].length, rows.length];
    const picture = $("paint-picture");
    picture.onload = () => $("paint-frame").style.setProperty("--ratio", picture.naturalWidth / picture.naturalHeight);
    this.show();
    this.draw();
    canvas.focus();
  }

  at(event) {
    const box = $("paint-canvas").getBoundingClientRect();
    const [width, height] = this.size;
    return [((event.clientX - box.left) / box.width) * width, ((event.clientY - box.top) / box.height) * height];
  }

  get size() {
    return [this.rows[0].length, this.rows.length];
  }

  /** The brush's radius in cells, across and down: it is round on the screen. */
  get radii() {
    const radius = $("paint-brush").valueAsNumber;
    const box = $("paint-canvas").getBoundingClientRect();
    const [width, height] = this.size;
    return [radius, (radius * (box.width / width)) / (box.height / height)];
  }

  /** Paints from the last point of the stroke to this one. */
  stroke(to) {
    const from = this.last ?? to;
    const steps = Math.max(1, Math.ceil(Math.hypot(to[0] - from[0], to[1] - from[1])));
    for (let step = 0; step <= steps; step += 1) {
      const part = step / steps;
      this.dab(from[0] + (to[0] - from[0]) * part, from[1] + (to[1] - from[1]) * part);
    }
    this.last = to;
    this.draw();
  }

  dab(x, y) {
    const [width, height] = this.size;
    const [across, down] = this.radii;
    for (let row = Math.max(0, Math.floor(y - down)); row <= Math.min(height - 1, y + down); row += 1) {
      for (let column = Math.max(0, Math.floor(x - across)); column <= Math.min(width - 1, x + across); column += 1) {
        if (((column + 0.5 - x) / across) ** 2 + ((row + 0.5 - y) / down) ** 2 <= 1) this.rows[row][column] = this.tools.value;
      }
    }
  }

  fill(letter) {
    for (const row of this.rows) row.fill(letter);
    this.draw();
  }

  draw() {
    const [width, height] = this.size;
    const context = $("paint-canvas").getContext("2d");
    const image = context.createImageData(width, height);
    this.rows.flat().forEach((letter, at) => image.data.set(COLOURS[letter], 4 * at));
    context.putImageData(image, 0, 0);
    this.point();
    const share = (letter) => (100 * this.rows.flat().filter((each) => each === letter).length) / (width * height);
    say($("paint-share"), tr("Kept {kept} %, never shown {dropped} %", { kept: share("k").toFixed(0), dropped: share("d").toFixed(0) }));
  }

  /** The ring that shows where the brush is, and how large. */
  point() {
    const ring = $("paint-ring");
    ring.hidden = !this.cursor || !this.rows;
    if (ring.hidden) return;
    const [width, height] = this.size;
    const [across, down] = this.radii;
    Object.assign(ring.style, {
      left: `${(100 * (this.cursor[0] - across)) / width}%`,
      top: `${(100 * (this.cursor[1] - down)) / height}%`,
      width: `${(200 * across) / width}%`,
      height: `${(200 * down) / height}%`,
    });
  }

  key(event) {
    if (!this.rows) return;
    const [width, height] = this.size;
    const step = ARROWS[event.key];
    this.cursor ??= [width / 2, height / 2];
    if (step) {
      const limited = (value, most) => Math.min(Math.max(value, 0), most);
      this.cursor = [limited(this.cursor[0] + STEP * step[0], width), limited(this.cursor[1] + STEP * step[1], height)];
    }
    if (step || event.key === " ") event.preventDefault();
    if (event.key === " " || (step && event.shiftKey)) {
      this.last = null;
      this.stroke(this.cursor);
    }
    this.point();
  }

  async use() {
    $("paint-use").disabled = true;
    try {
      const rows = this.rows.map((row) => row.join(""));
      const told = await post("/api/camera/paint", { camera: this.camera, rows });
      notice(told.kept ? tr("A part of your room is kept: everybody sees it") : tr("What you painted is used from now on"));
      this.end();
    } catch (error) {
      complain(error);
      this.show();
    }
  }
}
