// How the camera's picture is turned, and whether all people in it are shown.

import { $ } from "./dom.js";

export class Turned {
  /** `set(...words)` changes the settings of the running vcam. */
  constructor(set) {
    $("rotate").onchange = () => set(`rotate=${$("rotate").value}`);
    for (const name of ["flip", "mirror"]) $(name).onchange = () => set(`${name}=${$(name).checked ? "on" : "off"}`);
    $("people").onchange = () => set(`people=${$("people").checked ? "one" : "all"}`);
  }

  show({ source, mask }) {
    const { rotate = 0, flip = false, mirror } = source;
    if (document.activeElement !== $("rotate")) $("rotate").value = rotate;
    $("flip").checked = flip;
    $("mirror").checked = mirror;
    $("people").checked = mask.people === "one";
  }
}
