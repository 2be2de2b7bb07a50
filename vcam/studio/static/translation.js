// The user's language: what the server's catalogues have for the texts of these scripts.

import MESSAGES from "/api/messages.js";

/** `text` in the user's language, with `values` in the place of their names in braces. */
export function tr(text, values = {}) {
  return filled(MESSAGES[text], values);
}

/** `one` or `many` in the user's language, as `count` needs it there. */
export function trCount(one, many, count, values = {}) {
  const { forms, which } = MESSAGES[one];
  // The forms repeat themselves with every hundred.
  const at = count < which.length ? count : 100 + (count % 100);
  return filled(forms[which[at]], { count, ...values });
}

function filled(text, values) {
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
}
