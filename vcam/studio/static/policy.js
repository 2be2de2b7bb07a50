// What the administrator has decided: said, and what it locks cannot be changed here.

import { $, say } from "./dom.js";
import { LOOKS } from "./looks.js";
import { tr } from "./translation.js";

/** The controls of My camera that stand for one option each. */
const OPTIONS = {
  "camera-list": "source.camera",
  rotate: "source.rotate",
  flip: "source.flip",
  mirror: "source.mirror",
  framing: "framing.auto",
  tightness: "framing.tightness",
  zoom: "framing.zoom",
  pan: "framing.pan",
  tilt: "framing.tilt",
  people: "mask.people",
  ...Object.fromEntries(
    Object.keys(LOOKS).flatMap((name) => ["", "-share"].map((part) => [`look-${name}${part}`, `appearance.${name}`])),
  ),
  "plate-name": "name_plate.name",
  "plate-line": "name_plate.line",
  "plate-shown": "name_plate.shown",
  "plate-corner": "name_plate.corner",
  "plate-accent": "name_plate.accent",
  "plate-scale": "name_plate.scale",
  "font-choose": "lettering.font",
  "font-none": "lettering.font",
  "break-message": "pause.message",
  "break-detail": "pause.detail",
  "break-minutes": "pause.minutes",
  "break-picture": "pause.picture",
  "break-loop": "loop.ready",
  "overlay-choose": "overlay.picture",
  "overlay-none": "overlay.picture",
  "overlay-shown": "overlay.shown",
  "overlay-width": "overlay.width",
  "overlay-x": "overlay.x",
  "overlay-y": "overlay.y",
  "overlay-opacity": "overlay.opacity",
  "light-tone": "edge_light.tone",
  "light-thickness": "edge_light.thickness",
  "profile-when": "profiles.when",
};

/** Shows what a status says; a vcam that has been running since before an update says nothing. */
export function showPolicy({ broken = "", rules = [], contact = "", locked = [] } = {}) {
  const decided = tr("Your administrator has decided: {rules}.", { rules: rules.join("; ") });
  const why = rules.length && !broken ? `${decided} ${contact}`.trim() : "";
  say($("policy"), why);
  for (const [id, option] of Object.entries(OPTIONS)) lock($(id), locked.includes(option), why);
  const room = [...$("camera-tiles").querySelectorAll("button")].find((each) => each.dataset.value === "room");
  if (!room) return;
  room.setAttribute("aria-disabled", String(locked.includes("background.room")));
  room.title = locked.includes("background.room") ? why : "";
}

function lock(control, locked, why) {
  // Others may have their own reasons to disable it.
  if (locked) control.disabled = control.locked = true;
  else if (control.locked) control.disabled = control.locked = false;
  if (control.locked !== undefined) control.title = control.locked ? why : "";
}
