// What Try it shows: the view, the settings A, and the settings B while two are compared.

const FIRST = { background: "blur:50", preset: "standard", threshold: null, edge: null, feather: null, smoothing: null };

export class TrialSettings {
  view = "result";
  a = { ...FIRST };
  b = null;
  side = "a";

  constructor(changed) {
    this.changed = changed;
  }

  /** The settings that the controls show and edit. */
  get current() {
    return this[this.side];
  }

  edit(changes) {
    Object.assign(this.current, changes);
    this.changed();
  }

  look(view) {
    this.view = view;
    this.changed();
  }

  /** B begins as what A is, so that a single change shows what it does. */
  compare(on) {
    if (on) this.b ??= { ...this.a };
    else this.b = null;
    this.side = on ? "b" : "a";
    this.changed();
  }

  /** As the server takes them. */
  get message() {
    return { view: this.view, a: this.a, b: this.b };
  }
}
