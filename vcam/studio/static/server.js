// Requests to the studio's own server.  Nothing else is ever asked.

import { tr } from "./translation.js";

/** What went wrong and what to do, as the server says it. */
export class Problem extends Error {
  constructor(what, remedy = "", status = 0) {
    super(what);
    this.remedy = remedy;
    this.status = status;
  }
}

/** What is said of a file of which more than so many megabytes would be sent. */
export function tooLarge(file, mostMb) {
  return tr("{name} is larger than {most} MB", { name: file.name, most: mostMb });
}

/** This page, among all that are open: 96 random bits. */
export const KEY = [...crypto.getRandomValues(new Uint8Array(12))]
  .map((byte) => byte.toString(16).padStart(2, "0"))
  .join("");

export const ENDED = tr("The studio does not answer");

/** The address of `path` with `query`; the page's key is always part of it. */
export function address(path, query = {}) {
  return `${path}?${new URLSearchParams({ page: KEY, ...query })}`;
}

async function request(path, options) {
  let answer;
  try {
    answer = await fetch(path, options);
  } catch {
    throw new Problem(ENDED, tr("It may have ended. Start it again with `vcam studio`."));
  }
  if (answer.ok) return answer;
  const told = await answer.json().catch(() => ({}));
  throw new Problem(
    told.error ?? tr("The studio refused this ({status})", { status: answer.status }),
    told.remedy ?? tr("Open the studio's address again."),
    answer.status,
  );
}

export async function get(path) {
  return (await request(path)).json();
}

export async function post(path, value = {}) {
  const headers = { "Content-Type": "application/json" };
  const answer = await request(path, { method: "POST", headers, body: JSON.stringify(value) });
  return answer.json().catch(() => ({}));
}

/** Sends a file as it is. */
export async function send(path, file) {
  const headers = { "Content-Type": "application/octet-stream" };
  return (await request(path, { method: "POST", headers, body: file })).json();
}

export async function remove(path) {
  await request(path, { method: "DELETE" });
}

/** Saves what `path` answers as a file, or raises the server's Problem. */
export async function save(path, name) {
  const blob = await (await request(path)).blob();
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
