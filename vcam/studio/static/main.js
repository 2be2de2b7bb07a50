// Starts the page: tabs, files that are dropped anywhere, the end of the studio.

import { Camera } from "./camera.js";
import { $, say, sure } from "./dom.js";
import { Gallery } from "./gallery.js";
import { How } from "./how.js";
import { command, complain } from "./notices.js";
import { KEY, get, post } from "./server.js";
import { tr } from "./translation.js";
import { Trial } from "./try.js";
import { Welcome } from "./welcome.js";

const TABS = ["try", "camera", "how"];
const RETRIES = 2;
const RETRY_MS = 700;
let parts = {};
let open = "try";
let ready = false;

/** Facts for tests; nothing here changes the page. */
window.studio = Object.freeze({
  key: KEY,
  get ready() {
    return ready;
  },
  get sent() {
    return parts.try?.live.sent ?? 0;
  },
  get got() {
    return parts.try?.live.got ?? 0;
  },
  get fps() {
    return parts.try?.fps ?? 0;
  },
  get delayMs() {
    return parts.try?.live.delayMs ?? 0;
  },
  get error() {
    return parts.try?.error ?? "";
  },
});

function show(name) {
  if (name === open) return;
  parts[open]?.leave();
  open = name;
  for (const each of TABS) {
    const tab = $(`tab-${each}`);
    tab.setAttribute("aria-selected", String(each === name));
    tab.tabIndex = each === name ? 0 : -1;
    $(each).hidden = each !== name;
  }
  document.body.dataset.tab = name;
  history.replaceState(null, "", name === "try" ? location.pathname : `#${name}`);
  parts[name]?.enter?.();
}

function tabs() {
  for (const name of TABS) $(`tab-${name}`).onclick = () => show(name);
  document.querySelector("[role=tablist]").addEventListener("keydown", (event) => {
    const at = TABS.indexOf(open);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: TABS.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const name = TABS[(to + TABS.length) % TABS.length];
    show(name);
    $(`tab-${name}`).focus();
  });
}

/** Files can be dropped anywhere; where they are says what becomes of them. */
function drops() {
  const note = $("drop-note");
  const target = (event) => {
    const panel = event.target.closest?.("#try-panel");
    if (open === "try") return panel ? [$("try-background"), tr("Use as a background")] : [$("stage"), tr("Try this picture or video")];
    return open === "camera" ? [$("camera-background"), tr("Add to your gallery")] : null;
  };
  const hide = () => (note.hidden = true);
  const files = (event) => event.dataTransfer?.types.includes("Files");
  addEventListener("dragover", (event) => {
    if (!files(event)) return;
    event.preventDefault();
    const found = target(event);
    if (!found) return hide();
    const box = found[0].getBoundingClientRect();
    Object.assign(note.style, { left: `${box.left}px`, top: `${box.top}px`, width: `${box.width}px`, height: `${box.height}px` });
    say(note, found[1]);
    note.hidden = false;
  });
  addEventListener("dragleave", (event) => event.relatedTarget || hide());
  addEventListener("drop", (event) => {
    hide();
    if (!files(event)) return;
    event.preventDefault();
    if (open === "try") parts.try?.drop(event.dataTransfer.files, event.target.closest("#try-panel") !== null);
    else if (open === "camera") parts.camera?.add([...event.dataTransfer.files]);
  });
}

let over = false;

/** Nothing works any more: says so, and how to go on. */
function ended(asked = false) {
  if (over) return;
  over = true;
  for (const part of Object.values(parts)) part.leave();
  say($("ended-text"), asked ? tr("Everything it held is gone. You can close this page, or start it again:") : tr("It does not answer any more. Start it again:"));
  $("ended-command").replaceChildren(command("vcam studio"));
  $("ended").hidden = false;
  for (const each of document.querySelectorAll("header, main, footer")) each.inert = true;
  $("ended-title").focus();
}

/** One silent connection, by which either side sees that the other one has gone. */
function presence(failures = 0) {
  const socket = new WebSocket(`${location.origin.replace(/^http/, "ws")}/api/presence`);
  let opened = false;
  socket.onopen = () => (opened = true);
  socket.onclose = () => {
    if (over) return;
    if (failures < RETRIES) setTimeout(presence, RETRY_MS, opened ? 1 : failures + 1);
    else ended();
  };
}

async function start() {
  tabs();
  drops();
  $("ended-again").onclick = () => location.reload();
  sure($("end"), tr("Really end it?"), async () => {
    try {
      await post("/api/end");
      ended(true);
    } catch (error) {
      complain(error);
    }
  });
  try {
    const facts = await get("/api/facts");
    const gallery = new Gallery(facts);
    say($("version"), `vcam ${facts.version}`);
    parts = { try: new Trial(facts, gallery), camera: new Camera(gallery), how: new How() };
    const asked = location.hash.slice(1);
    if (TABS.includes(asked)) show(asked);
    const welcome = new Welcome(gallery);
    if (facts.welcome) welcome.open();
    document.body.classList.remove("loading");
    presence();
    ready = true;
  } catch (error) {
    complain(error);
  }
}

start();
