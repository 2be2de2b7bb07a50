// What the running vcam is doing, in words.

const BADGES = {
  live: ["On air", "air"],
  paused: ["Be right back", "held"],
  frozen: ["Frozen", "held"],
  resting: ["Resting", "held"],
  waiting: ["Something is missing", "alarm"],
  failed: ["Failed", "alarm"],
  starting: ["Starting…", "held"],
  stopped: ["Ending…", "held"],
};

/** The words on the badge, and the class of its looks. */
export function badge(status) {
  if (status.shows_room) return ["Your room is visible", "room"];
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
      return status.shows_room ? "Your real room is visible" : `On air: ${capital(status.background_title || "a card")}${status.loading ? `, loading ${status.loading}` : ""}`;
    case "resting":
      return "Ready. Nobody is watching, so your camera is off";
    case "paused":
      return "Be right back: a card is shown, your camera is off";
    case "frozen":
      return status.shows_room ? "Frozen with your room visible; your camera is off" : "Frozen: a still picture is shown, your camera is off";
    case "starting":
      return "Starting…";
    case "stopped":
      return "Ending…";
    default:
      return status.state === "failed" ? "vcam has failed" : "Waiting: a card is shown meanwhile";
  }
}

export function watching(watchers) {
  if (!watchers) return "Not known on this system";
  return watchers.length ? watchers.join(", ") : "Nobody";
}

function capital(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
