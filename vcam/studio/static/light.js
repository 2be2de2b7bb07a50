// The edge light as a full screen: for systems where `vcam edge-light` shows no frame, for a
// second screen, and to see oneself in it.

import { $, say } from "./dom.js";
import { fill } from "./sliders.js";
import { rarely } from "./slot.js";

const TONES = { warm: "#ffd3a1", neutral: "#fff1e0", cool: "#e6f0ff" };
const PREVIEW = "/api/camera/picture?fps=15";

export class EdgeLight {
  /** `set(...words)` changes the settings of the running vcam, which a frame on the screen follows. */
  constructor(set) {
    this.light = $("edge-light");
    const tell = rarely((value) => set(`thickness=${value}`));
    $("light-thickness").oninput = () => {
      this.paint();
      tell($("light-thickness").value);
    };
    $("light-tone").onchange = () => {
      this.paint();
      set(`tone=${$("light-tone").value}`);
    };
    $("light-on").onclick = () => this.open();
    this.light.onclick = () => this.close();
    document.addEventListener("keydown", (event) => event.key === "Escape" && this.close());
    document.addEventListener("fullscreenchange", () => document.fullscreenElement || this.close());
  }

  async open() {
    $("edge-light-picture").src = PREVIEW;
    this.light.hidden = false;
    // Without it the page is a light, too, though a smaller one.
    await this.light.requestFullscreen?.().catch(() => {});
  }

  close() {
    if (this.light.hidden) return;
    this.light.hidden = true;
    $("edge-light-picture").removeAttribute("src");
    if (document.fullscreenElement) document.exitFullscreen();
  }

  paint() {
    const [tone, thickness] = [$("light-tone").value, $("light-thickness")];
    say($("light-thickness-shows"), `${thickness.value} %`);
    fill(thickness);
    this.light.style.setProperty("--tone", TONES[tone] ?? tone);
    this.light.style.setProperty("--thickness", `${thickness.value}vmin`);
  }

  /** Shows these settings; a vcam that has been running since before an update has none. */
  show({ edge_light: { tone = "neutral", thickness = 8 } = {} }) {
    const list = $("light-tone");
    if (document.activeElement !== list) {
      if (![...list.options].some((each) => each.value === tone)) list.append(new Option(tone, tone));
      list.value = tone;
    }
    if (document.activeElement !== $("light-thickness")) $("light-thickness").value = thickness;
    this.paint();
  }
}
