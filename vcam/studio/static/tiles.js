// The tiles of the backgrounds, in Try it and in My camera.

import { Choices, item } from "./choices.js";
import { icon, make, sure } from "./dom.js";
import { Problem } from "./server.js";
import { tr } from "./translation.js";

/** Beginnings of the types that a browser gives by name; what it does not know has none. */
const KINDS = ["image/", "video/"];
const UNKNOWN = ["", "application/octet-stream"];

/** The backgrounds that show the room out of focus, and the least strength of each. */
export const LEAST = new Map([
  ["blur", 0],
  ["bokeh", 35],
]);

/** What every background without a file is called here, and the class of its picture. */
const PLAIN = {
  blur: [tr("Blur"), "blur"],
  bokeh: [tr("Bokeh"), "bokeh"],
  black: [tr("Black"), "black"],
  white: [tr("White"), "white"],
  colour: [tr("Colour"), "colour"],
  room: [tr("My room"), "room"],
};

export class Tiles {
  /** `told`: `chosen(value)`, `files(list)` and, where tiles can be removed, `remove(tile)`. */
  constructor(group, input, told, { careful = false, add = tr("Your own") } = {}) {
    Object.assign(this, { group, input, told, add });
    this.choices = new Choices(group, told.chosen, { careful });
    input.addEventListener("change", () => {
      told.files([...input.files]);
      input.value = "";
    });
  }

  /** Shows these tiles, each as the server describes it; `before` and `after` are names. */
  fill(tiles, before = ["blur", "bokeh", "black", "white", "colour"], after = ["room"]) {
    this.tiles = tiles;
    const cells = [
      ...before.map((name) => this.plain(name)),
      ...tiles.map((tile) => this.file(tile)),
      ...after.map((name) => this.plain(name)),
      this.adder(),
    ];
    const focused = document.activeElement?.dataset?.value;
    const had = this.group.contains(document.activeElement);
    this.group.replaceChildren(...cells);
    this.mark(this.choices.value);
    if (had) (this.choices.items.find((each) => each.dataset.value === focused) ?? this.choices.items[0])?.focus();
  }

  /** Marks the tile without telling anybody, and returns it. */
  mark(value) {
    this.choices.mark(value);
    return this.choices.items.find((each) => each.dataset.value === value);
  }

  /** Says on one tile that it is on air, or that it is being loaded. */
  note(value, text) {
    for (const each of this.group.querySelectorAll(".tile[data-value]")) {
      const mine = text && each.dataset.value === value;
      each.querySelector(".tile-note").textContent = mine ? text : "";
    }
  }

  /** The colour that the tile Colour shows. */
  paint(colour) {
    this.group.querySelector(".thumb.colour")?.style.setProperty("--colour", colour);
  }

  /** What is chosen, in a sentence. */
  says(name) {
    const tile = this.tiles.find((each) => each.name === name);
    if (!tile) return "";
    const { title } = tile;
    if (name.startsWith("upload:")) {
      return tile.kind === "video" ? tr("{title}, a video, played in a loop, in this page only.", { title }) : tr("{title}, a picture, in this page only.", { title });
    }
    return tile.kind === "video" ? tr("{title}, a video, played in a loop.", { title }) : tr("{title}, a picture.", { title });
  }

  plain(name) {
    const [title, look] = PLAIN[name];
    const thumb = make("span", { className: `thumb ${look}` }, look === "room" ? icon("room") : null);
    return make("div", { className: "cell" }, this.button(name, title, thumb));
  }

  file(tile) {
    const picture = make("img", { className: "thumb", src: tile.thumb, alt: "", loading: "lazy", draggable: false });
    picture.onerror = () => picture.classList.add("missing");
    const thumb = make("span", { className: "thumb" }, picture, tile.kind === "video" ? make("span", { className: "film" }, icon("film")) : null);
    const cell = make("div", { className: "cell" }, this.button(tile.name, tile.title, thumb));
    if (tile.own && this.told.remove) {
      const bin = make("button", { className: "bin", type: "button", "aria-label": tr("Remove {title} from the gallery", { title: tile.title }) }, icon("bin"), make("span"));
      sure(bin, tr("Remove?"), () => this.told.remove(tile));
      cell.append(bin);
    }
    return cell;
  }

  button(value, title, thumb) {
    const button = item(value, "tile", thumb, make("span", { className: "tile-note" }), make("span", { className: "tile-name", text: title }));
    button.dataset.background = value;
    return button;
  }

  adder() {
    const face = make("span", { className: "thumb add" }, icon("plus"));
    const button = make("button", { type: "button", className: "tile adder" }, face, make("span", { className: "tile-name", text: this.add }));
    button.onclick = () => this.input.click();
    return make("div", { className: "cell" }, button);
  }
}

/** The background as the command line takes it, of one that has a strength. */
export function withStrength(name, strength) {
  return `${name}:${Math.max(LEAST.get(name), strength)}`;
}

/** What is said when nothing of what was dropped may be one. */
export function noPicture() {
  return new Problem(tr("That is neither a picture nor a video"), tr("Drop a PNG, JPEG, WebP, MP4 or WebM file."));
}

/** What may be a picture or a video among files that were dropped; vcam looks into them. */
export function shown(files) {
  return [...files].filter((file) => UNKNOWN.includes(file.type) || KINDS.some((kind) => file.type.startsWith(kind)));
}
