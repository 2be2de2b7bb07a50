// My camera: shows and drives the vcam that runs, and can start it.

import { Break } from "./break.js";
import { CameraList } from "./camera_list.js";
import { qualities, segments } from "./choices.js";
import { $, say, sure } from "./dom.js";
import { Framing } from "./framing.js";
import { EdgeLight } from "./light.js";
import { Looks } from "./looks.js";
import { complain, notice, remedies } from "./notices.js";
import { Over } from "./over.js";
import { Paint } from "./paint.js";
import { showPolicy } from "./policy.js";
import { Profiles } from "./profiles.js";
import { Problem, post } from "./server.js";
import { colourSlot, roomSlot, strengthSlot, textSlot } from "./slot.js";
import { badge, headline, hex, isTrouble, watching } from "./status.js";
import { LEAST, Tiles, noPicture, shown, withStrength } from "./tiles.js";
import { tr } from "./translation.js";
import { Turned } from "./turned.js";

const PREVIEW = "/api/camera/picture?fps=15";
const HOLDS = [["live", tr("Live")], ["paused", tr("Be right back")], ["frozen", tr("Freeze")], ["looping", tr("Loop")]];
const VERBS = { live: "resume", paused: "pause", frozen: "freeze", looping: "loop" };
const SAYS = { black: tr("Nothing but you."), white: tr("Bright and plain."), room: tr("Your real room is visible.") };
const SETTLE_MS = 700;
const AGAIN_MS = 3000;
const START_MS = 8000;

export class Camera {
  constructor(gallery) {
    this.gallery = gallery;
    this.status = this.asking = this.failure = this.slotOf = null;
    this.seen = false;
    this.changing = 0;
    this.strength = 50;
    this.colour = "#1f7a5c";
    this.controls();
    this.enable(false);
    document.addEventListener("visibilitychange", () => this.follow());
  }

  controls() {
    this.hold = segments($("hold"), HOLDS, (state) => this.do({ verb: VERBS[state] }), { careful: true });
    this.tiles = new Tiles(
      $("camera-tiles"),
      $("gallery-file"),
      {
        chosen: (name, before) => this.pick(name, before),
        files: (files) => this.add(files),
        remove: (tile) => this.gallery.remove(tile).catch(complain),
      },
      { careful: true, add: tr("Add") },
    );
    this.break = new Break((words) => this.set(words));
    this.gallery.watch((tiles) => {
      this.break.fill(tiles);
      this.tiles.fill(tiles);
      this.tiles.paint(this.colour);
    });
    this.quality = qualities($("camera-quality"), ["light", "standard", "best"], (preset) => this.set(`preset=${preset}`), { careful: true });
    this.quality.mark("standard");
    this.panels = [Turned, Framing, Looks, Over, EdgeLight].map((each) => new each((...words) => this.set(...words)));
    this.paint = new Paint();
    this.cameras = new CameraList($("camera-list"), (value) => this.set(`camera=${value || "default"}`));
    this.profiles = new Profiles((name) => this.do({ verb: "profile", name }), (...words) => this.set(...words));
    $("camera-start").onclick = () => this.start();
    sure($("camera-quit"), tr("Really stop it?"), () => this.do({ verb: "quit" }));
  }

  // Following the running vcam.

  enter() {
    this.seen = true;
    this.follow();
    this.gallery.refresh().catch(() => {});
    this.cameras.refresh();
    this.profiles.refresh();
  }

  leave() {
    this.seen = false;
    if (this.paint.open) this.paint.end();
    this.asking = null;
    this.follow();
  }

  /** The preview and the events run only while they are looked at: they keep a camera on. */
  follow() {
    const looking = this.seen && !document.hidden;
    if (looking && !this.events) {
      this.events = new EventSource("/api/camera/events");
      this.events.onmessage = (event) => this.hear(JSON.parse(event.data));
      this.events.onerror = () => this.events?.readyState === EventSource.CLOSED && this.followAgain();
    } else if (!looking && this.events) {
      this.events.close();
      this.events = null;
    }
    this.preview();
  }

  /** It was refused, for example since too many pages are open. */
  followAgain() {
    this.events = null;
    setTimeout(() => this.follow(), AGAIN_MS);
  }

  preview() {
    const wanted = this.seen && !document.hidden && this.status !== null;
    const picture = $("on-air");
    if (wanted && !picture.hasAttribute("src")) picture.src = PREVIEW;
    if (!wanted) picture.removeAttribute("src");
    picture.hidden = !wanted;
  }

  hear(told) {
    const running = told.running;
    const ran = this.status !== null;
    this.status = running ? told.status : null;
    if (running) this.starting = this.failure = null;
    $("camera-empty").hidden = running;
    $("camera-quit").disabled = !running;
    $("badge").hidden = !running;
    if (running !== ran) this.enable(running);
    if (!running) this.showStopped();
    else if (told.status.state) this.show(told.status);
    else this.showSilent(told);
    this.preview();
  }

  enable(on) {
    for (const id of ["camera-panel", "hold"]) {
      $(id).inert = !on;
      $(id).classList.toggle("off", !on);
    }
  }

  showStopped() {
    const { starting, failure } = this;
    say($("camera-empty-title"), starting ? tr("Starting vcam…") : tr("vcam is not running"));
    say($("camera-empty-text"), starting ? tr("This takes a few seconds.") : tr("Start it, then choose vcam as the camera of your call. What the others see is shown here."));
    $("camera-start").hidden = false;
    $("camera-start").disabled = Boolean(starting);
    say($("headline"), starting ? tr("Starting…") : failure ? tr("vcam has not started") : tr("Not running"));
    this.explain(failure?.message ?? "", failure?.remedy ?? "");
    this.hold.mark(null);
    $("paint-kept").hidden = true;
    showPolicy();
    this.noFigures();
  }

  /** It runs, but does not answer. */
  showSilent({ error, remedy }) {
    say($("badge"), tr("No answer"));
    $("badge").className = "badge alarm";
    say($("headline"), tr("vcam does not answer"));
    this.explain(error, remedy);
    this.noFigures();
  }

  noFigures() {
    for (const id of ["watchers", "figure-fps", "figure-delay", "figure-cost"]) say($(id), "–");
  }

  show(status) {
    const [words, look] = badge(status);
    say($("badge"), words);
    $("badge").className = `badge ${look}`;
    say($("headline"), headline(status));
    this.explain(isTrouble(status) ? status.message : "", status.remedy);
    $("paint-kept").hidden = !status.keeps;
    showPolicy(status.policy);
    say($("watchers"), watching(status.watchers));
    say($("figure-fps"), status.fps ? tr("{fps} fps", { fps: status.fps.toFixed(0) }) : "–");
    say($("figure-delay"), status.latency_ms ? `${status.latency_ms.toFixed(0)} ms` : "–");
    const cost = Object.values(status.costs_ms ?? {}).reduce((sum, each) => sum + each, 0);
    say($("figure-cost"), cost ? `${cost.toFixed(0)} ms` : "–");
    this.tiles.note(this.tileOf(status.background), status.state === "live" ? tr("On air") : "");
    if (!this.changing && !this.asking) this.showSettings(status);
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
    for (const each of this.panels) each.show(settings);
    this.break.show(settings, (path) => this.tileOf(path));
    this.quality.mark(settings.mask.preset);
    this.cameras.show(settings.source.camera);
    this.profiles.showRules(settings);
    const { background } = settings;
    if (LEAST.has(background.kind)) this.strength = background.strength;
    const name = this.chosen(background);
    this.tiles.mark(name);
    if (name === "colour") this.colour = hex(background.color);
    this.tiles.paint(this.colour);
    const slotOf = `${name} ${LEAST.has(name) ? this.strength : ""}`;
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
    if (/^(blur|bokeh|room)\b/.test(text)) return text.split(":")[0];
    const colour = hex(text);
    if (colour) return { "#000000": "black", "#ffffff": "white" }[colour] ?? "colour";
    const name = text.split(/[\\/]/).pop().toLowerCase();
    const stem = name.replace(/\.[^.]+$/, "");
    return this.gallery.tiles.find((tile) => tile.name === name || tile.name === stem)?.name ?? "";
  }

  // Changing it.

  /** Until a while after the answer, the controls show what was chosen. */
  async do(request) {
    this.changing += 1;
    try {
      await post("/api/camera/do", request);
      await new Promise((over) => setTimeout(over, SETTLE_MS));
    } catch (error) {
      complain(error);
    }
    this.changing -= 1;
    this.sync();
  }

  /** The controls show what is so. */
  sync() {
    this.slotOf = null;
    if (this.status?.settings && !this.changing && !this.asking) this.showSettings(this.status);
  }

  set(...words) {
    return this.do({ verb: "set", words });
  }

  pick(name, before) {
    if (name === "room") {
      this.askRoom(this.asking?.before ?? before);
      return;
    }
    this.asking = null;
    this.slot(name);
    if (LEAST.has(name)) this.set(`background=${withStrength(name, this.strength)}`);
    else this.set(`background=${name === "colour" ? this.colour : name}`);
  }

  /** The room is shown to others only after another button was pressed. */
  askRoom(before) {
    this.asking = { before };
    const decide = (yes) => {
      this.asking = null;
      this.tiles.mark(yes ? "room" : before)?.focus();
      this.slot(yes ? "room" : before);
      if (yes) this.set("background=room");
      else this.sync();
    };
    roomSlot($("camera-slot"), decide);
  }

  slot(name) {
    const slot = $("camera-slot");
    if (LEAST.has(name)) {
      strengthSlot(slot, Math.round(this.strength), LEAST.get(name), (strength) => {
        this.strength = strength;
        this.set(`background=${withStrength(name, strength)}`);
      });
    } else if (name === "colour") {
      colourSlot(slot, this.colour, (colour) => {
        this.colour = colour;
        this.tiles.paint(colour);
        this.set(`background=${colour}`);
      });
    } else {
      textSlot(slot, name ? (SAYS[name] ?? this.tiles.says(name)) : tr("A file that is not in the gallery."));
    }
  }

  async start() {
    this.starting = true;
    this.failure = null;
    this.showStopped();
    try {
      await post("/api/camera/start");
      await new Promise((over) => setTimeout(over, START_MS));
      if (!this.status) this.failure = new Problem(tr("It does not answer"), tr("See what is missing: `vcam doctor`"));
    } catch (error) {
      this.failure = error;
    }
    this.starting = false;
    if (!this.status) this.showStopped();
  }

  async add(files) {
    const usable = shown(files);
    if (!usable.length) complain(noPicture());
    for (const each of usable) {
      try {
        const tile = await this.gallery.add(each);
        notice(tr("{title} is in your gallery", { title: tile.title }));
      } catch (error) {
        complain(error);
      }
    }
  }
}
