// Named sets of settings: chosen, saved under a name, removed.

import { $, sure } from "./dom.js";
import { complain, notice } from "./notices.js";
import { get, post } from "./server.js";
import { tr } from "./translation.js";

const ADDRESS = "/api/profiles";

export class Profiles {
  /** `choose(name)` has the running vcam put a profile on air, `set(word)` changes a setting. */
  constructor(choose, set) {
    $("profile-when").onchange = () => set(`profiles.when=${$("profile-when").value}`);
    this.list = $("profile-list");
    this.list.onchange = async () => {
      if (this.list.value) await choose(this.list.value);
      this.refresh();
    };
    $("profile-save").onclick = () => this.keep("save", $("profile-name").value.trim());
    $("profile-name").onkeydown = (event) => {
      if (event.key === "Enter") $("profile-save").click();
    };
    sure($("profile-remove"), tr("Really remove it?"), () => this.keep("remove", this.list.value));
  }

  async refresh() {
    try {
      this.show(await get(ADDRESS));
    } catch (error) {
      complain(error);
    }
  }

  async keep(what, name) {
    if (!name) {
      $("profile-name").focus();
      return;
    }
    try {
      this.show(await post(ADDRESS, { do: what, name }));
      if (what === "save") {
        $("profile-name").value = "";
        notice(tr("The profile {name} is saved", { name }));
      }
    } catch (error) {
      complain(error);
    }
  }

  /** Who brings which profile about. */
  showRules(settings) {
    // A vcam that has been running since before an update does not know them.
    if (document.activeElement !== $("profile-when")) $("profile-when").value = settings.profiles?.when ?? "";
  }

  show({ names, chosen }) {
    const none = new Option(names.length ? tr("None of them") : tr("There are none yet"), "");
    this.list.replaceChildren(none, ...names.map((name) => new Option(name, name)));
    this.list.value = chosen;
    $("profile-remove").disabled = !chosen;
  }
}
