// What lies over the picture of My camera: words, their font, a logo or a frame.

import { $, say } from "./dom.js";
import { complain } from "./notices.js";
import { send } from "./server.js";
import { fill } from "./sliders.js";
import { rarely } from "./slot.js";
import { hex } from "./status.js";
import { tr } from "./translation.js";

const WORDS = { "plate-name": "name_plate.name", "plate-line": "name_plate.line" };
const PLATE = { "plate-corner": "corner", "plate-accent": "accent" };
const DIALS = {
  "plate-scale": "name_plate.scale",
  "overlay-width": "overlay.width",
  "overlay-x": "overlay.x",
  "overlay-y": "overlay.y",
  "overlay-opacity": "overlay.opacity",
};

export class Over {
  /** `set(...words)` changes the settings of the running vcam. */
  constructor(set) {
    this.set = set;
    for (const [id, option] of Object.entries(WORDS)) $(id).onchange = () => set(`${option}=${$(id).value}`);
    this.file("overlay", (path) => set(`overlay=${path}`));
    this.file("font", (path) => set(`font=${path}`));
    $("overlay-none").onclick = () => set("overlay=default");
    $("font-none").onclick = () => set("font=default");
    $("overlay-shown").onchange = () => set(`overlay=${$("overlay-shown").checked ? "on" : "off"}`);
    $("plate-shown").onchange = () => set(`name_plate.shown=${$("plate-shown").checked ? "on" : "off"}`);
    for (const [id, option] of Object.entries(PLATE)) $(id).onchange = () => set(`name_plate.${option}=${$(id).value}`);
    for (const [id, option] of Object.entries(DIALS)) {
      const tell = rarely((value) => set(`${option}=${value}`));
      $(id).oninput = () => {
        this.paint(id);
        tell($(id).value);
      };
    }
  }

  /** A button that lets the user choose a file, which is kept and then used. */
  file(kind, use) {
    const input = $(`${kind}-file`);
    $(`${kind}-choose`).onclick = () => input.click();
    input.onchange = async () => {
      const [chosen] = input.files;
      input.value = "";
      if (chosen) await this.keep(kind, chosen, use);
    };
  }

  async keep(kind, file, use) {
    try {
      use((await send(`/api/keep/${kind}?${new URLSearchParams({ name: file.name })}`, file)).path);
    } catch (error) {
      complain(error);
    }
  }

  paint(id) {
    say($(`${id}-shows`), `${$(id).value} %`);
    fill($(id));
  }

  /** Shows these settings; a vcam that has been running since before an update has none. */
  show(settings) {
    const { overlay = {}, lettering = {}, name_plate: plate = {} } = settings;
    const put = (id, value) => {
      if (document.activeElement !== $(id)) $(id).value = value;
    };
    for (const [id, name] of Object.entries(WORDS)) put(id, valueOf(settings, name) ?? "");
    $("plate-looks").hidden = !(plate.name || plate.line);
    $("plate-shown").checked = plate.shown ?? true;
    put("plate-corner", plate.corner ?? "bottom-left");
    put("plate-accent", hex(plate.accent ?? "") || "#2aa198");
    const { picture = "", shown = true } = overlay;
    say($("overlay-name"), picture ? named(picture) : tr("No picture"));
    say($("font-name"), lettering.font ? named(lettering.font) : tr("Open Sans"));
    $("overlay-none").hidden = $("overlay-dials").hidden = !picture;
    $("font-none").hidden = !lettering.font;
    $("overlay-shown").checked = shown;
    for (const [id, name] of Object.entries(DIALS)) {
      put(id, valueOf(settings, name) ?? $(id).value);
      this.paint(id);
    }
  }
}

/** The value of `section.option`. */
function valueOf(settings, name) {
  const [section, option] = name.split(".");
  return settings[section]?.[option];
}

/** A file's name without its folders. */
function named(path) {
  return path.split(/[\\/]/).pop();
}
