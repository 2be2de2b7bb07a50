// Frames up, finished pictures down, by one WebSocket; at most two frames are on the way.

import { Problem, address } from "./server.js";

const AHEAD = 2;
const HEADER = 8;
const STILL = 1;
const FIRST = 2;
const JPEG_QUALITY = 0.9;
const STILL_QUALITY = 0.96;
const LOST_MS = 5000;
const AFTER_ERROR_MS = 500;
const AGAIN_MS = 1200;

/**
 * `told` is an object of functions: `picture(bitmap, doubled)`, `problem(error)`,
 * `report(values)` and `lost()`, when the studio does not answer any more.
 */
export class Live {
  sent = 0;
  got = 0;
  delayMs = 0;

  constructor(told) {
    this.told = told;
    this.settings = null;
    this.source = null;
    this.pending = new Map();
    this.grab = document.createElement("canvas");
    this.shown = 0;
    this.next = 1;
    this.busy = false;
    this.stale = false;
    this.failures = 0;
    document.addEventListener("visibilitychange", () => this.pump());
  }

  /** The settings of the page; they take effect with the next frame. */
  set(settings) {
    this.settings = settings;
    this.changed = true;
    this.stale = true;
    this.pump();
  }

  /** Processes this source from now on; `null` ends. */
  play(source) {
    this.source = source;
    this.pending.clear();
    this.first = true;
    this.stale = true;
    if (source) this.connect();
    else this.disconnect();
  }

  /** Sends a still once more, for example since its size has changed. */
  refresh() {
    this.stale = true;
    this.pump();
  }

  get open() {
    return this.socket?.readyState === WebSocket.OPEN;
  }

  connect() {
    if (this.socket) {
      this.pump();
      return;
    }
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const socket = new WebSocket(`${scheme}://${location.host}${address("/api/live")}`);
    this.socket = socket;
    socket.binaryType = "arraybuffer";
    socket.onopen = () => {
      this.changed = true;
      this.stale = true;
      this.pump();
    };
    socket.onmessage = (event) => this.receive(event.data);
    socket.onclose = () => {
      if (this.socket !== socket) return;
      this.socket = null;
      this.pending.clear();
      if (!this.source) return;
      this.failures += 1;
      if (this.failures > 2) this.told.lost();
      else setTimeout(() => this.source && this.connect(), AGAIN_MS * this.failures);
    };
  }

  disconnect() {
    const socket = this.socket;
    this.socket = null;
    socket?.close();
  }

  async receive(data) {
    if (typeof data === "string") {
      this.hear(JSON.parse(data));
      return;
    }
    const id = new DataView(data).getUint32(0, true);
    const asked = this.pending.get(id);
    this.pending.delete(id);
    this.failures = 0;
    this.pump();
    if (!asked || data.byteLength <= HEADER) return;
    const bitmap = await createImageBitmap(new Blob([new Uint8Array(data, HEADER)]));
    if (id < this.shown || asked.source !== this.source) {
      bitmap.close();
      return;
    }
    this.shown = id;
    this.got += 1;
    this.delayMs = performance.now() - asked.atMs;
    this.told.picture(bitmap, bitmap.height > 1.5 * asked.height);
  }

  hear(message) {
    if (!message.error) {
      this.told.report(message);
      return;
    }
    this.pending.delete(message.id);
    this.told.problem(new Problem(message.error, message.remedy));
    setTimeout(() => this.pump(), AFTER_ERROR_MS);
  }

  async pump() {
    if (this.busy || !this.open || !this.source || document.hidden) return;
    this.announce();
    this.forgetLost();
    if (this.pending.size >= AHEAD) return;
    if (this.source.still && !this.stale) return;
    this.busy = true;
    const source = this.source;
    try {
      if (!source.still && !(await source.moved())) return;
      if (this.source !== source || !this.open) return;
      await this.capture(source);
    } finally {
      this.busy = false;
    }
    this.pump();
  }

  announce() {
    if (!this.changed || !this.settings) return;
    this.changed = false;
    this.socket.send(JSON.stringify(this.settings));
  }

  forgetLost() {
    const now = performance.now();
    for (const [id, { atMs }] of this.pending) if (now - atMs > LOST_MS) this.pending.delete(id);
  }

  async capture(source) {
    const { width, height } = source.size();
    if (!width) return;
    this.stale = false;
    const grab = this.grab;
    if (grab.width !== width || grab.height !== height) Object.assign(grab, { width, height });
    const context = grab.getContext("2d", { alpha: false, willReadFrequently: true });
    const atMs = performance.now();
    context.drawImage(source.element, 0, 0, width, height);
    const quality = source.still ? STILL_QUALITY : JPEG_QUALITY;
    const blob = await new Promise((done) => grab.toBlob(done, "image/jpeg", quality));
    const message = new Uint8Array(HEADER + blob.size);
    message.set(new Uint8Array(await blob.arrayBuffer()), HEADER);
    const id = this.next++;
    const header = new DataView(message.buffer);
    header.setUint32(0, id, true);
    header.setUint32(4, (source.still ? STILL : 0) | (this.first ? FIRST : 0), true);
    if (!this.open || this.source !== source) return;
    this.announce();
    this.socket.send(message);
    this.first = false;
    this.pending.set(id, { atMs, height, source });
    this.sent += 1;
  }
}
