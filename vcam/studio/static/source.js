// Where frames come from: the browser's webcam, a picture, or a video file.

import { Problem, tooLarge } from "./server.js";
import { tr } from "./translation.js";

const LARGEST = { width: 1920, height: 1080 };
const MOST_MB = 512;

const REFUSED = {
  NotAllowedError: [
    tr("The browser may not use the camera"),
    tr("Allow the camera for this page: click the icon beside the address, then try again."),
  ],
  NotFoundError: [tr("No camera was found"), tr("Plug one in, or try a picture or a video.")],
  NotReadableError: [
    tr("The camera is busy"),
    tr("vcam or another program is using it. Close that program, or press Stop vcam in My camera, then try again."),
  ],
  OverconstrainedError: [tr("That camera is gone"), tr("Choose another one, then try again.")],
};
REFUSED.SecurityError = REFUSED.NotAllowedError;
REFUSED.AbortError = REFUSED.NotReadableError;

function fitted(width, height, most) {
  const scale = Math.min(1, most.width / width, most.height / height);
  return { width: Math.round(width * scale), height: Math.round(height * scale) };
}

/** Pictures that move: an element `<video>` that plays. */
class Moving {
  still = false;

  constructor(element, name, kind, most) {
    Object.assign(this, { element, name, kind, most });
  }

  size() {
    const { videoWidth, videoHeight } = this.element;
    return videoWidth ? fitted(videoWidth, videoHeight, this.most()) : { width: 0, height: 0 };
  }

  /** Waits for the next picture; false when none came within a second. */
  moved() {
    return new Promise((done) => {
      const timer = setTimeout(() => {
        this.element.cancelVideoFrameCallback?.(request);
        done(!this.element.paused);
      }, 1000);
      const request = this.element.requestVideoFrameCallback
        ? this.element.requestVideoFrameCallback(() => {
            clearTimeout(timer);
            done(true);
          })
        : setTimeout(() => {
            clearTimeout(timer);
            done(true);
          }, 33);
    });
  }
}

function player() {
  const video = document.createElement("video");
  video.muted = true;
  video.playsInline = true;
  return video;
}

/** The webcam; raises a Problem in plain words. */
export async function webcam(most, deviceId = "") {
  if (!navigator.mediaDevices?.getUserMedia) {
    throw new Problem(tr("This browser gives pages no camera"), tr("Open the studio in a current browser."));
  }
  const { width, height } = most();
  const wanted = { width: { ideal: Math.max(width, 1280) }, height: { ideal: Math.max(height, 720) }, frameRate: { ideal: 30 } };
  if (deviceId) wanted.deviceId = { exact: deviceId };
  let stream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: wanted });
  } catch (error) {
    throw new Problem(...(REFUSED[error.name] ?? [tr("The camera does not open: {why}", { why: error.message }), tr("Try again, or try a picture.")]));
  }
  const video = player();
  video.srcObject = stream;
  await video.play();
  const [track] = stream.getVideoTracks();
  const source = new Moving(video, track.label || tr("Webcam"), "webcam", most);
  source.stream = stream;
  source.deviceId = track.getSettings().deviceId ?? "";
  source.ended = (told) => track.addEventListener("ended", told);
  source.close = () => {
    stream.getTracks().forEach((each) => each.stop());
    video.srcObject = null;
  };
  return source;
}

/** The cameras that the browser names; none before one was allowed. */
export async function webcams() {
  const devices = (await navigator.mediaDevices?.enumerateDevices?.()) ?? [];
  return devices.filter((each) => each.kind === "videoinput" && each.label);
}

/** A picture or a video that was chosen or dropped; raises a Problem. */
export async function file(chosen, most) {
  if (chosen.type.startsWith("video/")) return video(chosen, most);
  try {
    const element = await createImageBitmap(chosen);
    const size = () => fitted(element.width, element.height, LARGEST);
    return { still: true, kind: "picture", name: chosen.name, file: chosen, element, size, close: () => element.close() };
  } catch {
    throw new Problem(tr("{name} cannot be shown", { name: chosen.name }), tr("Use a picture (PNG, JPEG, WebP) or a video that the browser plays (MP4, WebM)."));
  }
}

async function video(chosen, most) {
  if (chosen.size > MOST_MB << 20) {
    throw new Problem(tooLarge(chosen, MOST_MB), tr("Use a shorter video, or `vcam render`."));
  }
  const element = player();
  element.loop = true;
  element.src = URL.createObjectURL(chosen);
  const close = () => {
    element.pause();
    URL.revokeObjectURL(element.src);
    element.removeAttribute("src");
  };
  try {
    await element.play();
  } catch {
    close();
    throw new Problem(tr("{name} cannot be played by this browser", { name: chosen.name }), tr("Use MP4 or WebM, or turn it into a file with `vcam render`."));
  }
  const source = new Moving(element, chosen.name, "video", most);
  return Object.assign(source, { file: chosen, close, ended: () => {} });
}
