// The button beside Save: records the webcam, ends that, or renders a video.

import { Recorder, clock, render } from "./clips.js";
import { $, icon, say } from "./dom.js";
import { complain } from "./notices.js";
import { tr } from "./translation.js";

const RECORD = ["record", tr("Record"), tr("Records up to a minute and makes a video file of it")];
const FINISH = ["stop", tr("Finish"), tr("Ends the recording and makes a video file of it")];
const RENDER = ["film", tr("Render"), tr("Makes a video file with these settings")];

export class ClipButton {
  /** `trial` has the source, the settings and the facts. */
  constructor(button, trial) {
    Object.assign(this, { button, trial });
    this.recorder = new Recorder((seconds) => this.tick(seconds));
    button.onclick = () => this.press();
  }

  press() {
    const { source, facts } = this.trial;
    const settings = { ...this.trial.settings.a };
    const begin = (clip, seconds) => render(clip, seconds, settings, facts.clip_mb);
    try {
      if (this.recorder.on) this.recorder.stop();
      else if (source.kind === "video") begin(source.file, source.element.duration);
      else this.recorder.start(source.stream, begin);
    } catch (error) {
      complain(error);
    }
  }

  stop() {
    this.recorder.stop();
  }

  tick(seconds) {
    $("recording").hidden = seconds === null;
    if (seconds !== null) say($("recorded"), tr("{time} of 1:00", { time: clock(seconds) }));
    this.show();
  }

  show() {
    const { button } = this;
    const { source } = this.trial;
    const { on } = this.recorder;
    const [sign, words, why] = on ? FINISH : source?.kind === "video" ? RENDER : RECORD;
    button.disabled = !on && (!source || source.kind === "picture");
    button.classList.toggle("on", on);
    if (button.title === why) return;
    button.title = why;
    const picture = icon(sign);
    picture.classList.toggle("red", sign !== "film");
    button.replaceChildren(picture, words);
  }
}
