// The cameras of this computer, as a list to choose from.

import { complain } from "./notices.js";
import { get } from "./server.js";
import { tr } from "./translation.js";

export class CameraList {
  /** `chosen(value)` is told what the user chose; empty means the first camera. */
  constructor(list, chosen) {
    this.list = list;
    this.cameras = [];
    this.value = "";
    list.onchange = () => chosen(list.value);
  }

  async refresh() {
    try {
      this.cameras = (await get("/api/camera/list")).cameras;
      this.show(this.value);
    } catch (error) {
      complain(error);
    }
  }

  /** Marks the camera that the settings name, which need not be plugged in. */
  show(value) {
    this.value = value;
    if (document.activeElement === this.list) return;
    const rows = [[tr("First camera found"), ""], ...this.cameras.map((each) => [each.name, each.value])];
    if (!rows.some(([, each]) => each === value)) rows.push([value, value]);
    const text = JSON.stringify(rows);
    if (this.text !== text) {
      this.list.replaceChildren(...rows.map((row) => new Option(...row)));
      this.text = text;
    }
    this.list.value = value;
  }
}
