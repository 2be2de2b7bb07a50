// Groups of which one is chosen: segments, cards and tiles, for pointer, keyboard and ear.

import { make } from "./dom.js";
import { tr } from "./translation.js";

/**
 * One of several in the element `group` (role radiogroup).  Its items are buttons that
 * `fill` gives it.  Arrow keys move the focus; they choose too, unless `careful`: what
 * others see must not change on the way to another item.
 */
export class Choices {
  constructor(group, chosen, { careful = false } = {}) {
    Object.assign(this, { group, chosen, careful });
    this.value = null;
    group.addEventListener("click", (event) => {
      const item = event.target.closest("[role=radio]");
      if (item && group.contains(item) && item.getAttribute("aria-disabled") !== "true") this.choose(item.dataset.value);
    });
    group.addEventListener("keydown", (event) => this.key(event));
  }

  get items() {
    return [...this.group.querySelectorAll("[role=radio]")];
  }

  /** Marks `value` without telling anybody. */
  mark(value) {
    this.value = value;
    const items = this.items;
    const marked = items.find((item) => item.dataset.value === value);
    const focusable = marked ?? items[0];
    for (const item of items) {
      item.setAttribute("aria-checked", String(item === marked));
      item.tabIndex = item === focusable ? 0 : -1;
    }
  }

  choose(value) {
    const before = this.value;
    this.mark(value);
    this.chosen(value, before);
  }

  key(event) {
    const items = this.items;
    const at = items.indexOf(event.target);
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (at < 0 || (!step && event.key !== "Home" && event.key !== "End")) return;
    event.preventDefault();
    const to = event.key === "Home" ? 0 : event.key === "End" ? items.length - 1 : (at + step + items.length) % items.length;
    items[to].focus();
    if (!this.careful && items[to].getAttribute("aria-disabled") !== "true") this.choose(items[to].dataset.value);
  }
}

/** A button of a group; what it shows are `children`. */
export function item(value, className, ...children) {
  const button = make("button", { type: "button", className, role: "radio", "aria-checked": "false" }, ...children);
  button.dataset.value = value;
  return button;
}

/** Fills a group with plain words: `[value, words]` each. */
export function segments(group, rows, chosen, options) {
  group.replaceChildren(...rows.map(([value, words]) => item(value, "segment", words)));
  return new Choices(group, chosen, options);
}

const QUALITIES = {
  light: [tr("Light"), tr("for old laptops")],
  standard: [tr("Standard"), tr("clean edges, little work")],
  best: [tr("Best"), tr("the finest edges")],
};

/** The presets, each with a phrase. */
export function qualities(group, names, chosen, options) {
  const card = (name) => {
    const [title, phrase] = QUALITIES[name] ?? [name, ""];
    return item(name, "choice", make("b", { text: title }), make("span", { text: phrase }));
  };
  group.replaceChildren(...names.map(card));
  return new Choices(group, chosen, options);
}
