// What lies over the picture of My camera: words, their font, a logo or a frame.

import { $, say } from "./dom.js";
import { complain } from "./notices.js";
import { send } from "./server.js";
import { fill } from "./sliders.js";
import { rarely } from "./slot.js";
import { tr } from "./translation.js";

const WORDS = { "plate-name": "name_plate.name", "plate-line": "name_plate.line" };
const DIALS = { width: "overlay.width", x: "overlay.x", y: "overlay.y", opacity: "overlay.opacity" };

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
    for (const [name, option] of Object.entries(DIALS)) {
      const input = $(`overlay-${name}`);
      const tell = rarely((value) => set(`${option}=${value}`));
      input.oninput = () => {
        this.paint(name);
        tell(input.value);
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

  paint(name) {
    const input = $(`overlay-${name}`);
    say($(`overlay-${name}-shows`), `${input.value} %`);
    fill(input);
  }

  /** Shows these settings; a vcam that has been running since before an update has none. */
  show(settings) {
    for (const [id, name] of Object.entries(WORDS)) {
      const [section, option] = name.split(".");
      if (document.activeElement !== $(id)) $(id).value = settings[section]?.[option] ?? "";
    }
    const { overlay = {}, lettering = {} } = settings;
    const { picture = "", shown = true } = overlay;
    say($("overlay-name"), picture ? named(picture) : tr("None"));
    say($("font-name"), lettering.font ? named(lettering.font) : tr("Open Sans"));
    $("overlay-none").hidden = $("overlay-dials").hidden = !picture;
    $("font-none").hidden = !lettering.font;
    $("overlay-shown").checked = shown;
    for (const name of Object.keys(DIALS)) {
      const input = $(`overlay-${name}`);
      if (document.activeElement !== input && name in overlay) input.value = overlay[name];
      this.paint(name);
    }
  }
}

/** A file's name without its folders. */
function named(path) {
  return path.split(/[\\/]/).pop();
}
