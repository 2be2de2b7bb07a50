// Try it: the webcam, a picture or a video on any background, in this page alone.

import { qualities, segments } from "./choices.js";
import { ClipButton } from "./clip_button.js";
import { Dials } from "./dials.js";
import { $, say } from "./dom.js";
import { Live } from "./live.js";
import { complain } from "./notices.js";
import { ENDED, Problem, address, send, tooLarge } from "./server.js";
import { saveMenu } from "./save_menu.js";
import { TrialSettings } from "./settings.js";
import { colourSlot, strengthSlot, textSlot } from "./slot.js";
import { file, webcam, webcams } from "./source.js";
import { Stage } from "./stage.js";
import { LEAST, Tiles, noPicture, shown, withStrength } from "./tiles.js";
import { tr } from "./translation.js";
import { useForCamera } from "./use.js";

const VIEWS = [["result", tr("Result")], ["mask", tr("Mask")], ["overlay", tr("Overlay")]];
const COMPARISONS = [["off", tr("Single")], ["slider", tr("A/B slider")], ["beside", tr("Side by side")]];
const SIDES = [["a", "A"], ["b", "B"]];
const SAYS = {
  black: tr("Nothing but you."),
  white: tr("Bright and plain, as for a passport picture."),
  room: tr("Your room as it is. Only you see it here."),
};

export class Trial {
  error = "";
  fps = 0;

  constructor(facts, gallery) {
    Object.assign(this, { facts, gallery });
    this.strength = 50;
    this.colour = "#1f7a5c";
    this.uploads = [];
    this.files = new Map();
    this.source = null;
    this.stage = new Stage();
    this.clips = new ClipButton($("record"), this);
    this.settings = new TrialSettings(() => this.changed());
    this.live = new Live({
      picture: (bitmap, doubled) => this.arrived(bitmap, doubled),
      problem: (error) => this.fail(error),
      report: () => {},
      lost: () => this.lose(ENDED, tr("Try again. If that does not help, end it and start it again.")),
    });
    this.controls();
    this.live.set(this.settings.message);
    this.showAll();
    this.showSource();
    setInterval(() => this.measure(), 1000);
  }

  controls() {
    const { settings } = this;
    this.view = segments($("view"), VIEWS, (view) => settings.look(view));
    this.compare = segments($("compare"), COMPARISONS, (how) => {
      if (how !== "off") this.stage.arrange(how);
      if ((how !== "off") !== (settings.b !== null)) settings.compare(how !== "off");
      this.showAll();
    });
    this.side = segments($("side"), SIDES, (side) => {
      settings.side = side;
      this.showAll();
    });
    this.tiles = new Tiles($("try-tiles"), $("own-file"), {
      chosen: (name) => this.pick(name),
      files: (files) => files.forEach((each) => this.own(each)),
    });
    this.gallery.watch(() => this.fillTiles());
    this.quality = qualities($("try-quality"), Object.keys(this.facts.presets), (preset) => {
      settings.edit({ preset });
      this.dials.show(settings.current);
    });
    this.dials = new Dials(this.facts, (name, value) => {
      settings.edit({ [name]: value });
      if (value === null) this.dials.show(settings.current);
    });
    $("start").onclick = () => this.start();
    $("open").onclick = $("another").onclick = () => $("file").click();
    $("file").onchange = () => {
      if ($("file").files[0]) this.take($("file").files[0]);
      $("file").value = "";
    };
    $("stop").onclick = () => (this.source ? this.halt() : this.start());
    $("device").onchange = () => this.start($("device").value);
    $("size").onchange = () => this.resize();
    $("use").onclick = () => useForCamera(settings.a, this.files.get(settings.a.background), this.gallery);
    saveMenu();
  }

  /** The size that frames are sent in. */
  get most() {
    const [width, height] = $("size").value.split("x").map(Number);
    return { width, height };
  }

  // Sources.

  async start(deviceId = "") {
    this.halt();
    $("start").disabled = true;
    try {
      const source = await webcam(() => this.most, deviceId);
      source.ended(() => this.source === source && this.lose(tr("The camera is gone"), tr("Was it unplugged? Plug it in, then try again.")));
      this.play(source);
      await this.list(source);
    } catch (error) {
      this.error = error.message;
      this.stage.trouble(error, () => this.start(deviceId));
    } finally {
      $("start").disabled = false;
    }
  }

  lose(what, remedy) {
    this.halt();
    this.error = what;
    this.stage.trouble(new Problem(what, remedy), () => this.start());
  }

  async take(chosen) {
    try {
      const source = await file(chosen, () => this.most);
      this.halt();
      this.play(source);
    } catch (error) {
      this.error = error.message;
      complain(error);
    }
  }

  play(source) {
    this.source = source;
    this.error = "";
    this.stage.calm();
    this.live.play(source);
    this.showSource();
  }

  halt() {
    this.clips.stop();
    this.live.play(null);
    this.source?.close();
    this.source = null;
    this.fps = 0;
    this.stage.clear();
    this.showSource();
  }

  async list(source) {
    const found = await webcams();
    $("device-field").hidden = found.length < 2;
    $("device").replaceChildren(...found.map((each) => new Option(each.label, each.deviceId)));
    $("device").value = source.deviceId;
  }

  resize() {
    if (this.source?.kind === "webcam" && this.most.height > 720) this.start($("device").value);
    else this.live.refresh();
  }

  showSource() {
    const { source } = this;
    say($("source"), source ? source.name : tr("No picture yet"));
    $("stop").disabled = !source;
    $("save").disabled = true;
    this.clips.show();
    $("size").disabled = source?.kind === "picture";
  }

  // Pictures.

  arrived(bitmap, doubled) {
    if (!this.source) {
      bitmap.close();
      return;
    }
    this.error = "";
    this.stage.show(bitmap, doubled);
    if (this.source.still) this.stage.figures(null, this.live.delayMs);
    $("save").disabled = false;
  }

  fail(error) {
    if (this.error !== error.message) complain(error);
    this.error = error.message;
  }

  measure() {
    const got = this.live.got - (this.counted ?? 0);
    this.counted = this.live.got;
    this.fps = this.source && !this.source.still ? got : 0;
    if (this.source && !this.source.still) this.stage.figures(this.fps, this.live.delayMs);
  }

  // Settings.

  changed() {
    this.live.set(this.settings.message);
    $("use").disabled = this.settings.a.background === "room";
  }

  /** All controls show the settings of the side that they edit. */
  showAll() {
    const { settings } = this;
    const { current } = settings;
    this.view.mark(settings.view);
    this.compare.mark(settings.b ? this.stage.mode : "off");
    $("editing").hidden = !settings.b;
    this.side.mark(settings.side);
    const name = this.nameOf(current.background);
    this.tiles.mark(name);
    this.tiles.paint(this.colour);
    this.quality.mark(current.preset);
    this.dials.show(current);
    this.slot(name);
    $("use").disabled = settings.a.background === "room";
  }

  nameOf(background) {
    const [kind, strength] = background.split(":");
    if (LEAST.has(kind)) {
      this.strength = Number(strength ?? 50);
      return kind;
    }
    if (background.startsWith("#")) {
      this.colour = background;
      return "colour";
    }
    return background;
  }

  pick(name) {
    const background = LEAST.has(name) ? withStrength(name, this.strength) : name === "colour" ? this.colour : name;
    this.settings.edit({ background });
    this.slot(name);
  }

  slot(name) {
    const slot = $("try-slot");
    if (LEAST.has(name)) {
      strengthSlot(slot, this.strength, LEAST.get(name), (strength) => {
        this.strength = strength;
        this.settings.edit({ background: withStrength(name, strength) });
      });
    } else if (name === "colour") {
      colourSlot(slot, this.colour, (colour) => {
        this.colour = colour;
        this.tiles.paint(colour);
        this.settings.edit({ background: colour });
      });
    } else {
      textSlot(slot, SAYS[name] ?? this.tiles.says(name));
    }
  }

  fillTiles() {
    this.tiles.fill([...this.gallery.tiles, ...this.uploads]);
    this.tiles.paint(this.colour);
  }

  /** One's own picture or video as the background, in this page until the studio ends. */
  async own(chosen) {
    try {
      if (chosen.size > this.facts.most_mb << 20) throw new Problem(tooLarge(chosen, this.facts.most_mb), tr("Use a smaller one."));
      const told = await send(address("/api/upload", { name: chosen.name }), chosen);
      this.uploads.push({ name: told.background, title: told.title, thumb: told.thumb, kind: told.kind, own: false });
      this.files.set(told.background, chosen);
      this.fillTiles();
      this.settings.edit({ background: told.background });
      this.showAll();
    } catch (error) {
      complain(error);
    }
  }

  // What becomes of it.

  /** Files that were dropped on the page: on the panel backgrounds, elsewhere a source. */
  drop(files, onPanel) {
    const usable = shown(files);
    if (!usable.length) complain(noPicture());
    else if (onPanel) usable.forEach((each) => this.own(each));
    else this.take(usable[0]);
  }

  /** The camera is on only while this part of the page is seen. */
  leave() {
    if (this.source?.kind === "webcam") this.halt();
  }
}
