// Clips: recorded from the webcam or chosen as a file, rendered by the studio, downloaded.

import { $, icon, make } from "./dom.js";
import { complain, remedies } from "./notices.js";
import { Problem, address, get, remove, save, send, tooLarge } from "./server.js";
import { tr } from "./translation.js";

const LONGEST_S = 60;
const ASK_MS = 500;
const KINDS = ["video/webm;codecs=vp9", "video/webm;codecs=vp8", "video/webm", "video/mp4"];
const BITS_PER_SECOND = 8_000_000;

/** Records the camera's stream itself, not what is shown, for at most a minute. */
export class Recorder {
  constructor(changed) {
    this.changed = changed;
    this.recorder = null;
  }

  get on() {
    return this.recorder !== null;
  }

  start(stream, done) {
    const mimeType = KINDS.find((kind) => window.MediaRecorder?.isTypeSupported(kind));
    if (!mimeType) throw new Problem(tr("This browser cannot record"), tr("Choose a video file instead."));
    const recorder = new MediaRecorder(stream, { mimeType, videoBitsPerSecond: BITS_PER_SECOND });
    const parts = [];
    const beganMs = performance.now();
    recorder.ondataavailable = (event) => event.data.size && parts.push(event.data);
    const tick = setInterval(() => {
      const seconds = (performance.now() - beganMs) / 1000;
      this.changed(seconds);
      if (seconds >= LONGEST_S) this.stop();
    }, 250);
    recorder.onstop = () => {
      clearInterval(tick);
      this.recorder = null;
      this.changed(null);
      const ending = mimeType.includes("mp4") ? "mp4" : "webm";
      const seconds = (performance.now() - beganMs) / 1000;
      if (parts.length) done(new File(parts, `clip.${ending}`, { type: mimeType }), seconds);
    };
    recorder.start(1000);
    this.recorder = recorder;
    this.changed(0);
  }

  stop() {
    if (this.recorder?.state === "recording") this.recorder.stop();
  }
}

export function clock(seconds) {
  return `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;
}

/** Renders a file of so many seconds with these settings and shows how far it is. */
export async function render(file, seconds, settings, mostMb) {
  const row = new Row(file.name);
  try {
    if (file.size > mostMb << 20) throw new Problem(tooLarge(file, mostMb), tr("Use a shorter one, or `vcam render`."));
    const query = { name: file.name, settings: JSON.stringify(settings) };
    if (Number.isFinite(seconds)) query.seconds = seconds.toFixed(3);
    const { id } = await send(address("/api/clips", query), file);
    await row.follow(id);
  } catch (error) {
    row.fail(error);
  }
}

class Row {
  constructor(name) {
    this.title = make("b", { text: name });
    this.state = make("span", { className: "clip-state", text: tr("Sending…") });
    this.progress = make("progress", { max: 1, "aria-label": tr("Rendering {name}", { name }) });
    this.actions = make("span", { className: "clip-actions" });
    this.element = make("li", { className: "clip" }, icon("film"), make("div", { className: "clip-words" }, this.title, this.state), this.actions, this.progress);
    $("clips").prepend(this.element);
  }

  async follow(id) {
    const path = `/api/clips/${encodeURIComponent(id)}`;
    let gone = false;
    const drop = () => {
      gone = true;
      this.element.remove();
      remove(address(path)).catch(() => {});
    };
    this.actions.replaceChildren(make("button", { className: "button small", text: tr("Cancel"), onclick: drop }));
    while (!gone) {
      const told = await get(address(path));
      if (gone) return;
      if (told.state === "failed") throw new Problem(told.error, told.remedy);
      if (told.state === "done") {
        this.done(path, told.name, drop);
        return;
      }
      this.progress.value = told.progress;
      this.state.textContent = tr("Rendering, {percent} % done", { percent: Math.round(100 * told.progress) });
      await new Promise((over) => setTimeout(over, ASK_MS));
    }
  }

  done(path, name, drop) {
    this.progress.remove();
    this.title.textContent = name;
    this.state.textContent = tr("Ready. It is kept here for an hour.");
    const fetchIt = () => save(address(`${path}/file`), name).catch(complain);
    this.actions.replaceChildren(
      make("button", { className: "button small primary", onclick: fetchIt }, icon("download"), tr("Download")),
      make("button", { className: "button small", text: tr("Remove"), onclick: drop }),
    );
  }

  fail(error) {
    this.progress.remove();
    this.element.classList.add("bad");
    this.state.replaceChildren(make("b", { text: error.message }), remedies(error.remedy ?? ""));
    this.actions.replaceChildren(make("button", { className: "button small", text: tr("Remove"), onclick: () => this.element.remove() }));
  }
}
