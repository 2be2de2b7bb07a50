// From Try it to My camera.

import { complain, notice } from "./notices.js";
import { post } from "./server.js";
import { tr } from "./translation.js";

const DIALS = ["edge", "feather", "smoothing"];

/** Gives the running vcam these settings; a background of one's own, a file, joins the gallery. */
export async function useForCamera(settings, file, gallery) {
  try {
    const background = file ? (await gallery.add(file)).name : settings.background;
    const dials = DIALS.map((dial) => `${dial}=${settings[dial] ?? "default"}`);
    await post("/api/camera/do", { verb: "set", words: [`background=${background}`, `preset=${settings.preset}`, ...dials] });
    notice(tr("Your camera uses this now"));
  } catch (error) {
    complain(error);
  }
}
