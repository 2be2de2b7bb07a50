// How it works: a page of its own, loaded when it is first opened.

import { $, make } from "./dom.js";
import { tr } from "./translation.js";

/** Opens the page inside this one; its height follows what is in it. */
export class How {
  enter() {
    if (this.frame) return;
    this.frame = make("iframe", { title: tr("How it works"), src: "/how/" });
    this.frame.addEventListener("load", () => this.measure());
    $("how").append(this.frame);
  }

  leave() {}

  measure() {
    this.observer?.disconnect();
    const page = this.frame.contentDocument;
    if (!page?.body) return;
    const fit = () => {
      // The root is as high as the frame itself, so what is in the body is measured.
      const bottoms = [...page.body.children].map((each) => each.getBoundingClientRect().bottom);
      const height = Math.ceil(Math.max(0, ...bottoms) + page.defaultView.scrollY);
      this.frame.style.height = `${height}px`;
    };
    this.observer = new ResizeObserver(fit);
    for (const each of [page.body, ...page.body.children]) this.observer.observe(each);
    fit();
  }
}
