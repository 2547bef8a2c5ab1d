import { type Answer, type Arguments, type CommandName, call } from "../ipc/commands";
import { type IpcError, toIpcError } from "../ipc/error";
import type { Countdown } from "../ipc/generated/Countdown";
import type { HostChoice } from "../ipc/generated/HostChoice";
import type { SettingsView } from "../ipc/generated/SettingsView";

/** Commands that answer with the settings as they are then. */
type Deed = { [Name in CommandName]: Answer<Name> extends SettingsView ? Name : never }[CommandName];

/** The GitHub hosts, as whom, and the keychain. A token passes through and is kept nowhere here. */
export class Settings {
  view = $state.raw<SettingsView | null>(null);
  trouble = $state.raw<IpcError | null>(null);

  load = () => this.#quietly("settings");
  check = () => this.#quietly("check_settings");

  receive(view: SettingsView): void {
    // An answer may come after a notice that was made later; what is shown never goes back.
    if (this.view && view.sequence < this.view.sequence) return;
    this.view = view;
    this.trouble = null;
  }

  save = (choice: HostChoice) => this.#do("save_host", { choice });
  remove = (name: string) => this.#do("remove_host", { name });
  signInByToken = (name: string, token: string, sessionOnly: boolean) =>
    this.#do("sign_in_by_token", { name, token, sessionOnly });
  signInByGh = (name: string) => this.#do("sign_in_by_gh", { name });
  signInByCode = (name: string, sessionOnly: boolean) => this.#do("sign_in_by_code", { name, sessionOnly });
  openPage = (name: string) => this.#do("open_sign_in_page", { name });
  cancel = (name: string) => this.#do("cancel_sign_in", { name });
  keepForSession = (name: string) => this.#do("keep_for_session", { name });
  chooseCountdown = (countdown: Countdown) => this.#do("choose_countdown", { countdown });
  signOut = (name: string) => this.#do("sign_out", { name });

  async #do<Name extends Deed>(name: Name, given: Arguments<Name>): Promise<void> {
    const answer = call as (name: Name, given: Arguments<Name>) => Promise<SettingsView>;
    this.receive(await answer(name, given));
  }

  async #quietly(name: "settings" | "check_settings"): Promise<void> {
    try {
      this.receive(await call(name));
    } catch (thrown) {
      this.trouble = toIpcError(thrown);
    }
  }
}
