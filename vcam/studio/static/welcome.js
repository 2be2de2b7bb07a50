// The welcome: three steps over the page, from the camera to the first call.

import { CameraList } from "./camera_list.js";
import { $, make, say } from "./dom.js";
import { complain, remedies } from "./notices.js";
import { post } from "./server.js";
import { Tiles, shown } from "./tiles.js";
import { tr } from "./translation.js";

const PREVIEW = "/api/camera/picture?fps=15";
const TITLES = [tr("Your camera"), tr("Your background"), tr("Choose vcam in your call")];
const LAST = TITLES.length - 1;
const SOFT = { blur: "blur:50", bokeh: "bokeh:50" };

export class Welcome {
  constructor(gallery) {
    this.gallery = gallery;
    this.dialog = $("welcome");
    this.events = null;
    this.tiles = new Tiles($("welcome-tiles"), $("welcome-file"), {
      chosen: (name) => this.set(`background=${SOFT[name] ?? name}`),
      files: (files) => this.add(files),
    });
    gallery.watch((tiles) => this.tiles.fill(tiles, ["blur", "bokeh"], []));
    this.cameras = new CameraList($("welcome-cameras"), (value) => this.set(`camera=${value || "default"}`));
    $("welcome-open").onclick = () => this.open();
    $("welcome-start").onclick = () => this.start();
    $("welcome-presenter").onclick = () => this.set("camera=presenter");
    $("welcome-back").onclick = () => this.go(this.step - 1);
    $("welcome-next").onclick = () => (this.step === LAST ? this.dialog.close() : this.go(this.step + 1));
    $("welcome-later").onclick = () => this.dialog.close();
    this.dialog.addEventListener("close", () => this.leave());
  }

  open() {
    if (this.dialog.open) return;
    this.dialog.showModal();
    this.go(0);
    this.cameras.refresh();
    this.gallery.refresh().catch(() => {});
    this.events = new EventSource("/api/camera/events");
    this.events.onmessage = (event) => this.hear(JSON.parse(event.data));
  }

  /** The preview keeps the camera on: it ends with the dialog. */
  leave() {
    this.events?.close();
    this.events = null;
    $("welcome-picture").removeAttribute("src");
  }

  go(step) {
    this.step = step;
    const last = step === LAST;
    say($("welcome-title"), `${step + 1}. ${TITLES[step]}`);
    for (const [number, id] of ["welcome-camera", "welcome-background", "welcome-call"].entries()) $(id).hidden = number !== step;
    $("welcome-stage").hidden = last;
    $("welcome-back").hidden = step === 0;
    $("welcome-later").hidden = last;
    say($("welcome-next"), last ? tr("Done") : tr("Next"));
    $("welcome-next").focus();
    this.where();
  }

  /** Where to choose vcam, as it is now; the server notes that the welcome was seen. */
  async where() {
    try {
      const { camera, places, switches, note } = await post("/api/welcome");
      const rows = (pairs) => make("dl", {}, ...pairs.flatMap(({ program, where }) => [make("dt", { text: program }), make("dd", { text: where })]));
      $("welcome-call").replaceChildren(
        make("p", { text: tr("The camera is called '{camera}' there:", { camera }) }),
        rows(places),
        ...(switches.length ? [make("p", { text: tr("Browsers list it after one switch:") }), rows(switches)] : []),
        ...(note ? [remedies(note)] : []),
      );
    } catch (error) {
      complain(error);
    }
  }

  hear({ running, status }) {
    const live = running && Boolean(status.state);
    $("welcome-start").hidden = running;
    const picture = $("welcome-picture");
    if (live && !picture.hasAttribute("src")) picture.src = PREVIEW;
    if (!live) picture.removeAttribute("src");
    picture.hidden = !live;
    // What the picture lacks; without an output the status itself is about the output.
    const shown = status.shown ?? status;
    const trouble = live && shown.output && shown.message ? shown : null;
    $("welcome-missing").replaceChildren(...(trouble ? [make("b", { text: trouble.message }), remedies(trouble.remedy)] : []));
    $("welcome-presenter").hidden = !live || Boolean(shown.camera) || this.cameras.cameras.length > 0;
    say($("welcome-state"), trouble ? "" : this.says(live, shown));
    if (!live) return;
    this.cameras.show(status.settings.source.camera);
    this.tiles.mark(this.chosen(status.settings.background));
  }

  says(live, { camera }) {
    if (!live) return tr("vcam is not running.");
    if (!camera) return tr("Looking for your camera…");
    const name = camera[0].toUpperCase() + camera.slice(1);
    return [tr("{camera} is on.", { camera: name }), tr("Only you see this now. Others would see the same.")].join(" ");
  }

  chosen({ kind, path }) {
    const file = path?.replace(/^vcam:/, "").split(/[\\/]/).pop().toLowerCase();
    return file ? this.gallery.tiles.find((tile) => [file, file.replace(/\.[^.]+$/, "")].includes(tile.name))?.name : kind;
  }

  async set(...words) {
    try {
      await post("/api/camera/do", { verb: "set", words });
    } catch (error) {
      this.complain(error);
    }
  }

  async start() {
    $("welcome-start").disabled = true;
    try {
      await post("/api/camera/start");
    } catch (error) {
      this.complain(error);
    }
    $("welcome-start").disabled = false;
  }

  async add(files) {
    for (const each of shown(files)) {
      try {
        const tile = await this.gallery.add(each);
        await this.set(`background=${tile.name}`);
      } catch (error) {
        this.complain(error);
      }
    }
  }

  /** Notices lie below an open dialog. */
  complain(error) {
    $("welcome-missing").replaceChildren(make("b", { text: error.message }), remedies(error.remedy ?? ""));
  }
}
