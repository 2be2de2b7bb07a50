// The gallery: pictures and videos that have a name, shared by Try it and My camera.

import { get, remove, send } from "./server.js";

export class Gallery {
  constructor(facts) {
    this.tiles = facts.gallery;
    this.listeners = [];
  }

  /** Calls `told` now and whenever the gallery has changed. */
  watch(told) {
    this.listeners.push(told);
    told(this.tiles);
  }

  set(tiles) {
    this.tiles = tiles;
    for (const told of this.listeners) told(tiles);
  }

  /** What is in the folder now, which other programs change, too. */
  async refresh() {
    const { gallery } = await get("/api/facts");
    if (JSON.stringify(gallery) !== JSON.stringify(this.tiles)) this.set(gallery);
  }

  async add(file) {
    const tile = await send(`/api/gallery?${new URLSearchParams({ name: file.name })}`, file);
    this.set([tile, ...this.tiles.filter((each) => each.name !== tile.name)]);
    return tile;
  }

  async remove(tile) {
    await remove(`/api/gallery/${encodeURIComponent(tile.name)}`);
    this.set(this.tiles.filter((each) => each.name !== tile.name));
  }
}
