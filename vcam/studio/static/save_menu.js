// The menu of what can be saved of the picture on the stage.

import { $ } from "./dom.js";
import { complain } from "./notices.js";
import { address, save } from "./server.js";

const NAMES = { result: "vcam-result.png", mask: "vcam-mask.png", cutout: "vcam-cutout.png" };

export function saveMenu() {
  const button = $("save");
  const menu = $("save-menu");
  const show = (on) => {
    menu.hidden = !on;
    button.setAttribute("aria-expanded", String(on));
  };
  button.onclick = () => {
    show(menu.hidden);
    if (!menu.hidden) menu.querySelector("button").focus();
  };
  menu.onclick = (event) => {
    const what = event.target.closest("[data-save]")?.dataset.save;
    if (!what) return;
    show(false);
    button.focus();
    save(address(`/api/save/${what}.png`), NAMES[what]).catch(complain);
  };
  menu.parentElement.addEventListener("focusout", (event) => event.relatedTarget?.closest(".menu") || show(false));
  document.addEventListener("pointerdown", (event) => event.target.closest(".menu") || show(false));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || menu.hidden) return;
    show(false);
    button.focus();
  });
}
