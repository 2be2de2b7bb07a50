// What the running vcam is doing, in words.

import { tr } from "./translation.js";

const BADGES = {
  live: [tr("On air"), "air"],
  paused: [tr("Be right back"), "held"],
  frozen: [tr("Frozen"), "held"],
  looping: [tr("Loop"), "held"],
  resting: [tr("Resting"), "held"],
  waiting: [tr("Something is missing"), "alarm"],
  failed: [tr("Failed"), "alarm"],
  starting: [tr("Starting…"), "held"],
  stopped: [tr("Ending…"), "held"],
};

/** The words on the badge, and the class of its looks. */
export function badge(status) {
  if (status.shows_room) return [tr("Your room is visible"), "room"];
  if (status.keeps) return [tr("A part of your room is visible"), "room"];
  return BADGES[status.state] ?? [status.state, "held"];
}

/** Whether something is missing or broken. */
export function isTrouble(status) {
  return status.state === "waiting" || status.state === "failed";
}

/** A CSS colour as #rrggbb; empty for anything else. */
export function hex(text) {
  if (!CSS.supports("color", text)) return "";
  const context = document.createElement("canvas").getContext("2d");
  context.fillStyle = text;
  return context.fillStyle;
}

/** What is on air, in a sentence without figures. */
export function headline(status) {
  switch (status.state) {
    case "live":
      return status.shows_room ? tr("Your real room is visible") : onAir(status);
    case "resting":
      return tr("Ready. Nobody is watching, so your camera is off");
    case "paused":
      return tr("Be right back: a card is shown, your camera is off");
    case "frozen":
      return status.shows_room ? tr("Frozen with your room visible; your camera is off") : tr("Frozen: a still picture is shown, your camera is off");
    case "looping":
      return status.shows_room ? tr("Loop with your room visible; your camera is off") : tr("Loop: the last seconds are shown again and again, your camera is off");
    case "starting":
      return tr("Starting…");
    case "stopped":
      return tr("Ending…");
    default:
      return status.state === "failed" ? tr("vcam has failed") : tr("Waiting: a card is shown meanwhile");
  }
}

function onAir(status) {
  const background = capital(status.background_title || tr("a card"));
  if (!status.loading) return tr("On air: {background}", { background });
  return tr("On air: {background}, loading {loading}", { background, loading: status.loading });
}

export function watching(watchers) {
  if (!watchers) return tr("Not known on this system");
  return watchers.length ? watchers.join(", ") : tr("Nobody");
}

function capital(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
