import type { AccountView } from "../generated/AccountView";
import type { AlertsView } from "../generated/AlertsView";
import type { Countdown } from "../generated/Countdown";
import type { DeviceView } from "../generated/DeviceView";
import type { HostView } from "../generated/HostView";
import type { KeychainView } from "../generated/KeychainView";
import type { SettingsView } from "../generated/SettingsView";
import type { TokenHome } from "../generated/TokenHome";

const MINUTE = 60_000;

/** Settings in memory: one host for each name, and a keychain that is open. */
export class FakeSettings {
  keychain: KeychainView = {
    state: "ready",
    sentence: "Your keychain is open.",
    hint: "Tokens are kept there, and nowhere else.",
  };
  alerts: AlertsView = {
    state: "ready",
    sentence: "dunst shows alerts.",
    hint: "Their button brings this window to what they are about.",
  };
  countdown: Countdown = "seconds";
  #shown = 0;
  #hosts: HostView[];

  constructor(
    readonly now: () => number,
    signedIn: boolean,
  ) {
    const host = blankHost("github.com", "https://api.github.com");
    this.#hosts = [{ ...host, current: true, canDevice: true }];
    if (signedIn) this.signIn("github.com", "keychain");
  }

  view(): SettingsView {
    this.#shown += 1;
    return {
      sequence: this.#shown,
      hosts: this.#hosts,
      keychain: this.keychain,
      alerts: this.alerts,
      countdown: this.countdown,
    };
  }

  /** Puts these in place of what is known of a host. */
  change(name: string, change: Partial<HostView>): SettingsView {
    this.#hosts = this.#hosts.map((host) => (host.name === name ? { ...host, ...change } : host));
    return this.view();
  }

  signIn(name: string, home: TokenHome): SettingsView {
    const account = sampleAccount(this.now());
    const known = { state: "signed_in", sentence: `Signed in as @${account.login}`, hint: "" } as const;
    return this.change(name, { ...known, home, account, device: null, trouble: null, unkept: false });
  }

  signOut(name: string): SettingsView {
    const blank = blankHost(name, "");
    const { state, sentence, home, account, device, trouble, unkept } = blank;
    return this.change(name, { state, sentence, home, account, device, trouble, unkept });
  }

  begin(name: string): SettingsView {
    return this.change(name, { state: "asking", device: sampleDevice(this.now()) });
  }

  save(address: string, ca: string | null, clientId: string | null): SettingsView {
    const api = address.includes("://") ? address : `https://${address}/api/v3`;
    const name = new URL(api).hostname.replace(/^api\.github\.com$/, "github.com");
    if (this.#hosts.some((host) => host.name === name))
      return this.change(name, { ca, clientId, canDevice: clientId !== null });
    this.#hosts = [...this.#hosts, { ...blankHost(name, api), ca, clientId }];
    return this.view();
  }

  remove(name: string): SettingsView {
    this.#hosts = this.#hosts.filter((host) => host.name !== name);
    return this.view();
  }
}

function blankHost(name: string, api: string): HostView {
  return {
    name,
    api,
    ca: null,
    clientId: null,
    state: "signed_out",
    sentence: `You are not signed in to ${name}.`,
    hint: "",
    home: null,
    account: null,
    device: null,
    canDevice: false,
    unkept: false,
    trouble: null,
    current: false,
  };
}

function sampleDevice(now: number): DeviceView {
  const expiresAt = new Date(now + 15 * MINUTE).toISOString();
  return { code: "WDJB-MJHT", page: "https://github.com/login/device", expiresAt };
}

function sampleAccount(now: number): AccountView {
  const at = (later: number) => new Date(now + later).toISOString();
  return {
    login: "platform-lead",
    kind: "classic token",
    scopes: ["repo", "workflow"],
    expiresAt: at(5 * 24 * 60 * MINUTE),
    callsLeft: 4812,
    callsLimit: 5000,
    callsResetAt: at(38 * MINUTE),
    rights: [
      {
        deed: "Push tags",
        answer: "yes",
        sentence: "@platform-lead may write here, and the token has the scope for it.",
      },
      {
        deed: "Dispatch workflows",
        answer: "yes",
        sentence: "@platform-lead may write here, and the token has the scope for it.",
      },
      {
        deed: "Approve deployments",
        answer: "could_not_tell",
        sentence: "A team reviews here; GitHub does not tell whether you are in it.",
      },
    ],
    checkedAt: at(-4000),
  };
}
