// Short ways to find and to make elements.

export const $ = (id) => document.getElementById(id);

/** An element; `attributes` may have `text`, and properties such as `onclick` or `hidden`. */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "text") element.textContent = value;
    else if (name in element && name !== "role") element[name] = value;
    else element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}

const SVG = "http://www.w3.org/2000/svg";

/** An icon of icons.svg, in the colour of the text around it. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `/static/icons.svg#${name}`);
  svg.append(use);
  return svg;
}

/** Sets the text only when it differs, so that a screen reader is not told it again. */
export function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

const SURE_MS = 4000;

/** A button that asks once more: its second click within four seconds counts. */
export function sure(button, question, act) {
  const label = button.querySelector("span") ?? button;
  let usual = "";
  let timer = 0;
  const back = () => {
    clearTimeout(timer);
    timer = 0;
    label.textContent = usual;
    button.classList.remove("asking");
  };
  button.addEventListener("click", (event) => {
    event.stopPropagation();
    if (timer) {
      back();
      act();
      return;
    }
    usual = label.textContent;
    label.textContent = question;
    button.classList.add("asking");
    timer = setTimeout(back, SURE_MS);
  });
}
