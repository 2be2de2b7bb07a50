// My camera, Break: what its card says and shows.

import { $, make } from "./dom.js";
import { tr } from "./translation.js";

const FIELDS = { "break-message": "message", "break-detail": "detail", "break-minutes": "minutes" };
const PLAIN = "default";
const OTHER = "";

export class Break {
  /** `set` is called with words as `vcam set` takes them. */
  constructor(set) {
    this.pictures = [];
    this.picture = null;
    for (const [id, option] of Object.entries(FIELDS)) {
      $(id).onchange = () => set(`pause.${option}=${$(id).value || (option === "minutes" ? 0 : "")}`);
    }
    $("break-loop").onchange = () => set(`loop=${$("break-loop").checked ? "on" : "off"}`);
    $("break-picture").onchange = () => $("break-picture").value !== OTHER && set(`pause.picture=${$("break-picture").value}`);
    this.list();
  }

  /** The pictures of the gallery can be chosen. */
  fill(tiles) {
    this.pictures = tiles.filter((tile) => tile.kind === "picture");
    this.list();
  }

  /** `named` finds the tile of a path. */
  show({ pause, loop }, named) {
    $("break-loop").checked = Boolean(loop?.ready);
    for (const [id, option] of Object.entries(FIELDS)) {
      // A vcam that has been running since before an update does not know all of them.
      if (document.activeElement !== $(id)) $(id).value = pause?.[option] || "";
    }
    const path = pause?.picture?.replace(/^vcam:/, "") ?? null;
    const picture = path && { path, name: named(path) };
    if (picture?.path !== this.picture?.path || picture?.name !== this.picture?.name) {
      this.picture = picture;
      this.list();
    }
  }

  list() {
    const select = $("break-picture");
    if (document.activeElement === select) return;
    const options = [[PLAIN, tr("No picture")], ...this.pictures.map((tile) => [tile.name, tile.title])];
    const { path = "", name = "" } = this.picture ?? {};
    if (path && !name) options.push([OTHER, path.split(/[\\/]/).pop()]);
    select.replaceChildren(...options.map(([value, text]) => make("option", { value, text })));
    select.value = path ? name : PLAIN;
  }
}
