// My camera: shows and drives the vcam that runs, and can start it.

import { qualities, segments } from "./choices.js";
import { $, make, say, sure } from "./dom.js";
import { complain, notice, remedies } from "./notices.js";
import { Problem, get, post } from "./server.js";
import { Tiles, shown, slider } from "./tiles.js";

const PREVIEW = "/api/camera/picture?fps=15";
const HOLDS = [["live", "Live"], ["paused", "Be right back"], ["frozen", "Freeze"]];
const VERBS = { live: "resume", paused: "pause", frozen: "freeze" };
const BADGES = {
  live: ["On air", "air"],
  paused: ["Be right back", "held"],
  frozen: ["Frozen", "held"],
  resting: ["Resting", "held"],
  waiting: ["Something is missing", "trouble"],
  failed: ["Failed", "trouble"],
  starting: ["Starting…", "held"],
};
const SETTLE_MS = 2500;
const START_MS = 25_000;

export class Camera {
  constructor(gallery, ended) {
    Object.assign(this, { gallery, ended });
    this.status = null;
    this.seen = false;
    this.touchedMs = 0;
    this.strength = 50;
    this.colour = "#1f7a5c";
    this.slotOf = null;
    this.controls();
    this.enable(false);
    document.addEventListener("visibilitychange", () => this.follow());
  }

  controls() {
    this.hold = segments($("hold"), HOLDS, (state) => this.do({ verb: VERBS[state] }), { careful: true });
    this.hold.mark("live");
    this.tiles = new Tiles(
      $("camera-tiles"),
      $("gallery-file"),
      {
        chosen: (name, before) => this.pick(name, before),
        files: (files) => this.add(files),
        remove: (tile) => this.gallery.remove(tile).catch(complain),
      },
      { careful: true, add: "Add" },
    );
    this.gallery.watch((tiles) => {
      this.tiles.fill(tiles);
      this.tiles.paint(this.colour);
    });
    this.quality = qualities($("camera-quality"), ["light", "standard", "best"], (preset) => this.set(`preset=${preset}`), { careful: true });
    this.quality.mark("standard");
    $("mirror").onchange = () => this.set(`mirror=${$("mirror").checked ? "on" : "off"}`);
    $("framing").onchange = () => this.set(`framing=${$("framing").checked ? "auto" : "off"}`);
    $("camera-list").onchange = () => this.set(`camera=${$("camera-list").value || "default"}`);
    $("camera-start").onclick = () => this.start();
    sure($("camera-quit"), "Really stop it?", () => this.do({ verb: "quit" }));
  }

  // Following the running vcam.

  enter() {
    this.seen = true;
    this.follow();
    this.gallery.refresh().catch(() => {});
    this.list();
  }

  leave() {
    this.seen = false;
    this.follow();
  }

  /** The preview and the events run only while they are looked at: they keep a camera on. */
  follow() {
    const looking = this.seen && !document.hidden;
    if (looking && !this.events) {
      this.events = new EventSource("/api/camera/events");
      this.events.onmessage = (event) => this.hear(JSON.parse(event.data));
      this.events.onerror = () => this.events?.readyState === EventSource.CLOSED && this.ended();
    } else if (!looking && this.events) {
      this.events.close();
      this.events = null;
    }
    this.preview();
  }

  preview() {
    const wanted = this.seen && !document.hidden && this.status !== null;
    const picture = $("on-air");
    if (wanted && !picture.hasAttribute("src")) picture.src = PREVIEW;
    if (!wanted) picture.removeAttribute("src");
    picture.hidden = !wanted;
  }

  hear(told) {
    const ran = this.status !== null;
    this.status = told.running ? told.status : null;
    if (told.running) this.starting = 0;
    $("camera-empty").hidden = told.running;
    $("camera-quit").hidden = !told.running;
    $("badge").hidden = !told.running;
    if (told.running !== ran) this.enable(told.running);
    if (told.running) this.show(told.status);
    else this.showStopped(told);
    this.preview();
  }

  enable(on) {
    for (const id of ["camera-panel", "hold"]) {
      $(id).inert = !on;
      $(id).classList.toggle("off", !on);
    }
  }

  showStopped({ error = "", remedy = "" }) {
    const starting = this.starting && performance.now() - this.starting < START_MS;
    say($("camera-empty-title"), starting ? "Starting vcam…" : "vcam is not running");
    say($("camera-empty-text"), starting ? "This takes a few seconds." : "Start it, then choose vcam as the camera of your call. What the others see is shown here.");
    $("camera-start").hidden = false;
    $("camera-start").disabled = Boolean(starting);
    say($("headline"), starting ? "Starting…" : "Not running");
    this.explain(starting ? "" : error, starting ? "" : remedy);
    for (const id of ["watchers", "figure-fps", "figure-delay", "figure-cost"]) $(id).textContent = "–";
  }

  show(status) {
    const [words, look] = status.shows_room ? ["Your room is visible", "room"] : BADGES[status.state] ?? [status.state, "held"];
    say($("badge"), words);
    $("badge").className = `badge ${look}`;
    say($("headline"), headline(status));
    const trouble = status.state === "waiting" || status.state === "failed";
    this.explain(trouble ? status.message : "", status.remedy);
    say($("watchers"), watching(status.watchers));
    say($("figure-fps"), status.fps ? status.fps.toFixed(0) : "–");
    say($("figure-delay"), status.latency_ms ? `${status.latency_ms.toFixed(0)} ms` : "–");
    const cost = Object.values(status.costs_ms ?? {}).reduce((sum, each) => sum + each, 0);
    say($("figure-cost"), cost ? `${cost.toFixed(1)} ms` : "–");
    this.tiles.note(this.tileOf(status.background), status.state === "live" ? "On air" : "");
    if (performance.now() - this.touchedMs > SETTLE_MS) this.showSettings(status);
  }

  explain(what, remedy) {
    say($("missing"), what);
    if ($("remedy").dataset.text === remedy) return;
    $("remedy").dataset.text = remedy;
    $("remedy").replaceChildren(...(remedy ? [remedies(remedy)] : []));
  }

  showSettings(status) {
    const { settings, state } = status;
    this.hold.mark(VERBS[state] ? state : "live");
    $("mirror").checked = settings.source.mirror;
    $("framing").checked = settings.framing.auto;
    this.quality.mark(settings.mask.preset);
    this.showCamera(settings.source.camera);
    const { background } = settings;
    if (background.kind === "blur") this.strength = background.strength;
    const name = this.chosen(background);
    this.tiles.mark(name);
    if (name === "colour") this.colour = background.color;
    this.tiles.paint(this.colour);
    const slotOf = `${name} ${name === "blur" ? this.strength : ""}`;
    if (this.slotOf !== slotOf && !$("camera-slot").contains(document.activeElement)) this.slot(name);
    this.slotOf = slotOf;
  }

  /** The tile of a background as the settings have it. */
  chosen(background) {
    if (background.path) return this.tileOf(background.path.replace(/^vcam:/, ""));
    return background.kind === "color" ? this.tileOf(background.color) : background.kind;
  }

  /** The tile of a background as the command line takes it; empty when there is none. */
  tileOf(text) {
    if (!text) return "";
    if (text.startsWith("blur")) return "blur";
    if (text === "room") return "room";
    const colour = { "#000": "black", "#000000": "black", black: "black", "#fff": "white", "#ffffff": "white", white: "white" }[text.toLowerCase()];
    if (colour || text.startsWith("#")) return colour ?? "colour";
    const name = text.split(/[\\/]/).pop().toLowerCase();
    const stem = name.replace(/\.[^.]+$/, "");
    return this.gallery.tiles.find((tile) => tile.name === name || tile.name === stem)?.name ?? "";
  }

  // Cameras.

  async list() {
    try {
      this.cameras = (await get("/api/camera/list")).cameras;
      this.showCamera($("camera-list").value);
    } catch (error) {
      complain(error);
    }
  }

  showCamera(value) {
    const list = $("camera-list");
    if (document.activeElement === list) return;
    const rows = [["First camera found", ""], ...(this.cameras ?? []).map((each) => [each.name, each.value])];
    if (!rows.some(([, each]) => each === value)) rows.push([value, value]);
    const key = JSON.stringify(rows);
    if (list.dataset.rows !== key) {
      list.replaceChildren(...rows.map((row) => new Option(...row)));
      list.dataset.rows = key;
    }
    list.value = value;
  }

  // Changing it.

  async do(request) {
    this.touchedMs = performance.now();
    try {
      await post("/api/camera/do", request);
    } catch (error) {
      this.touchedMs = 0;
      this.slotOf = null;
      if (this.status) this.showSettings(this.status);
      complain(error);
    }
  }

  set(...words) {
    return this.do({ verb: "set", words });
  }

  pick(name, before) {
    this.touchedMs = performance.now();
    this.slot(name);
    if (name === "room") this.askRoom(before);
    else if (name === "blur") this.set(`background=blur:${this.strength}`);
    else this.set(`background=${name === "colour" ? this.colour : name}`);
  }

  /** The room is shown to others only after a second click. */
  askRoom(before) {
    this.touchedMs = performance.now() + 1e9; // what is marked stays until it is decided
    const decide = (show) => {
      this.touchedMs = 0;
      this.slotOf = null;
      if (show) this.set("background=room");
      else if (this.status) this.showSettings(this.status);
      this.tiles.mark(show ? "room" : before);
      if (!show) this.slot(before);
    };
    $("camera-slot").replaceChildren(
      make(
        "div",
        { className: "ask" },
        make("p", { text: "Everybody who watches will see your real room." }),
        make("div", { className: "row" }, make("button", { className: "button small danger", text: "Show my room", onclick: () => decide(true) }), make("button", { className: "button small", text: "Keep it hidden", onclick: () => decide(false) })),
      ),
    );
  }

  slot(name) {
    const slot = $("camera-slot");
    if (name === "blur") {
      slot.replaceChildren(slider("Strength", { value: Math.round(this.strength) }, (strength) => {
        this.strength = strength;
        this.set(`background=blur:${strength}`);
      }));
    } else if (name === "colour") {
      const input = make("input", { type: "color", value: this.colour, "aria-label": "Colour of the background" });
      input.onchange = () => {
        this.colour = input.value;
        this.tiles.paint(input.value);
        this.set(`background=${input.value}`);
      };
      slot.replaceChildren(make("label", { className: "colour-field" }, input, make("span", { text: "Click to choose any colour" })));
    } else {
      const says = { room: "Your real room is visible.", black: "Nothing but you.", white: "Bright and plain." };
      slot.replaceChildren(make("p", { text: name ? (says[name] ?? this.tiles.title(name)) : "A file that is not in the gallery." }));
    }
  }

  async start() {
    this.starting = performance.now();
    this.showStopped({});
    try {
      await post("/api/camera/start");
    } catch (error) {
      this.starting = 0;
      this.showStopped({ error: error.message, remedy: error.remedy });
    }
    setTimeout(() => this.status || this.showStopped({ error: "vcam has not started", remedy: "See what is missing: `vcam doctor`" }), START_MS + 500);
  }

  async add(files) {
    const usable = shown(files);
    if (!usable.length) complain(new Problem("That is neither a picture nor a video", "Drop a PNG, JPEG, WebP, MP4 or WebM file."));
    for (const each of usable) {
      try {
        const tile = await this.gallery.add(each);
        notice(`${tile.title} is in your gallery`);
      } catch (error) {
        complain(error);
      }
    }
  }
}

/** What is on air, in a sentence without figures. */
function headline(status) {
  switch (status.state) {
    case "live":
      return status.shows_room ? "Your real room is visible" : `On air: ${status.background_title || "a card"}${status.loading ? `, loading ${status.loading}` : ""}`;
    case "resting":
      return "Ready. Nobody is watching, so your camera is off";
    case "paused":
      return "Be right back: a card is shown, your camera is off";
    case "frozen":
      return status.shows_room ? "Frozen with your room visible; your camera is off" : "Frozen: a still picture is shown, your camera is off";
    case "starting":
      return "Starting…";
    default:
      return status.state === "failed" ? "vcam has failed" : "Waiting: a card is shown meanwhile";
  }
}

function watching(watchers) {
  if (!watchers) return "Cannot be known on this system";
  return watchers.length ? watchers.join(", ") : "Nobody";
}
