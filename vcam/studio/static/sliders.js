// The looks of sliders.

/** Draws how far a slider is moved. */
export function fill(input) {
  const share = (input.value - input.min) / (input.max - input.min);
  input.style.setProperty("--share", `${100 * share}%`);
}
