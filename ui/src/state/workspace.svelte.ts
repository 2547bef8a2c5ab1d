import { getContext, setContext } from "svelte";
import { call } from "../ipc/commands";
import type { GapView } from "../ipc/generated/GapView";
import type { IncidentView } from "../ipc/generated/IncidentView";
import type { NewIncident } from "../ipc/generated/NewIncident";
import type { Notice } from "../ipc/generated/Notice";
import type { RepositoryView } from "../ipc/generated/RepositoryView";
import type { RollbackView } from "../ipc/generated/RollbackView";
import type { RolloutView } from "../ipc/generated/RolloutView";
import type { WaitingView } from "../ipc/generated/WaitingView";
import { watch } from "../ipc/watch";
import { rollbackSign } from "../words/outcome";
import { outcomeOf } from "../words/rollout";
import { BreakGlass } from "./break-glass.svelte";
import { Channels } from "./channels.svelte";
import { Clock } from "./clock.svelte";
import { Environments } from "./environments.svelte";
import { Guards } from "./guards.svelte";
import { History } from "./history.svelte";
import { Inbox } from "./inbox.svelte";
import { IncidentRoom } from "./incident-room.svelte";
import { Incidents } from "./incidents.svelte";
import { Library } from "./library.svelte";
import { Navigation } from "./navigation.svelte";
import { Paper } from "./paper.svelte";
import { PeopleGlance } from "./people-glance.svelte";
import { Releases } from "./releases.svelte";
import { RollbackRun } from "./rollback-run.svelte";
import { Session } from "./session.svelte";
import { Settings } from "./settings.svelte";
import { Templates } from "./templates.svelte";
import { Toasts } from "./toasts.svelte";
import { Trust } from "./trust.svelte";
import { WayUp } from "./way-up.svelte";

/** Everything one window knows, a class per feature, and the deeds that touch more than one of them. */
export class Workspace {
  readonly clock = new Clock();
  readonly toasts = new Toasts();
  readonly session = new Session();
  readonly navigation = new Navigation();
  readonly releases = new Releases();
  readonly environments = new Environments();
  readonly run = new RollbackRun();
  readonly history = new History();
  readonly inbox = new Inbox();
  readonly incidents = new Incidents();
  readonly room = new IncidentRoom();
  readonly templates = new Templates();
  readonly channels = new Channels();
  readonly library = new Library();
  readonly paper = new Paper();
  readonly settings = new Settings();
  readonly trust = new Trust();
  readonly guards = new Guards();
  readonly glass = new BreakGlass();
  readonly people = new PeopleGlance();
  /** What the clocks of this computer told last, until somebody has read it. */
  gap = $state.raw<GapView | null>(null);
  /** Who has to answer elsewhere before anything goes on. */
  waiting = $state.raw<WaitingView | null>(null);
  readonly wayUp = new WayUp();
  /** What was said last of a rollout that was over or needed a person. */
  #saidRollout = "";

  async begin(): Promise<void> {
    await this.session.begin();
    if (this.session.repository) this.#show();
    await this.attempt(() => watch((notice) => this.receive(notice)));
    await this.attempt(() => this.inbox.load());
  }

  receive(notice: Notice): void {
    switch (notice.kind) {
      case "overview":
        // lastgood.toml may have changed with it.
        if (notice.overview.readAt !== this.environments.overview?.readAt) void this.trust.load();
        this.environments.receive(notice.overview);
        break;
      case "rollback":
        this.#sayEnd(notice.rollback);
        this.run.receive(notice.rollback);
        break;
      case "elsewhere":
        this.session.elsewhere = notice.rollbacks;
        break;
      case "rollout":
        this.#sayRollout(notice.rollout);
        this.wayUp.receive(notice.rollout);
        break;
      case "releases":
        void this.releases.load();
        if (this.navigation.place.name === "way_up") void this.wayUp.reread();
        break;
      case "repository":
        this.#replace(notice.repository);
        break;
      case "inbox":
        this.inbox.receive(notice.items);
        break;
      case "incidents":
        this.incidents.receive(notice.incidents);
        break;
      case "incident":
        this.room.receive(notice.incident);
        this.people.receive(notice.incident);
        break;
      case "postmortems":
        void this.library.load();
        break;
      case "show":
        this.navigation.go(notice.place);
        break;
      case "gap":
        this.gap = notice.gap;
        break;
      case "waiting":
        this.waiting = notice.waiting;
        break;
      case "show_inbox":
        this.inbox.open = true;
        break;
      case "settings":
        this.settings.receive(notice.settings);
        this.session.count(notice.settings.countdown);
        break;
    }
  }

  openRepository = (path: string) => this.#open(() => this.session.openPath(path));
  chooseRepository = () => this.#open(() => this.session.chooseFolder());
  openRehearsal = () => this.#open(() => this.session.openRehearsal());

  /** What the timeline is to ask about before it acts. */
  toConfirm = $state<string | null>(null);

  /** The armed target, with one click; asked about first where that was chosen. */
  async rollBackArmed(environment: string, tag: string): Promise<void> {
    if (!this.session.askFirst) {
      await this.rollBack(environment, tag);
      return;
    }
    this.navigation.go({ name: "timeline" });
    this.toConfirm = tag;
  }

  /** Starts a rollback and goes to watch it; false when it could not be started, which is then said. */
  async rollBack(environment: string, tag: string, reason = ""): Promise<boolean> {
    const view = await this.attempt(() => this.run.start(environment, tag, reason));
    if (view) this.navigation.go({ name: "rollback", id: view.id });
    return Boolean(view);
  }

  /** The same from this machine, by the environment's own command. */
  async rollBackHere(environment: string, tag: string, reason: string): Promise<boolean> {
    const view = await this.attempt(() => this.run.startHere(environment, tag, reason));
    if (view) this.navigation.go({ name: "rollback", id: view.id });
    return Boolean(view);
  }

  /** Takes back a rollback of another repository than the one that is shown. */
  undoElsewhere = (id: string) => this.attempt(() => call("undo_rollback", { id }));

  watchRollback(id: string): void {
    this.navigation.go({ name: "rollback", id });
  }

  /** The way back up behind this rollback; `null`: behind the newest. */
  goUp(rollback: string | null): void {
    this.navigation.go({ name: "way_up", rollback });
  }

  /** Opens an incident and goes into its room; false when it could not be opened, which is then said. */
  async openIncident(given: NewIncident): Promise<boolean> {
    const view: IncidentView | undefined = await this.attempt(() => call("open_incident", { given }));
    if (view) this.enterRoom(view.id);
    return Boolean(view);
  }

  enterRoom(id: string, destination: string | null = null): void {
    this.room.wishFor(destination);
    this.navigation.go({ name: "incident", id });
  }

  /** Goes to the post-mortem of an incident or a rollback, which begins it where there is none. */
  async writePostmortem(of: {
    incident?: string | null;
    rollback?: string | null;
    title?: string;
  }): Promise<void> {
    const given = { incident: of.incident ?? null, rollback: of.rollback ?? null, title: of.title ?? null };
    const view = await this.attempt(() => call("begin_postmortem", given));
    if (view) this.navigation.go({ name: "postmortem", id: view.id });
  }

  /** True when it was done; what went wrong is said in a toast. */
  async liftHold(environment: string, reason: string): Promise<boolean> {
    return (await this.attempt(() => call("lift_hold", { environment, reason }))) !== undefined;
  }

  /** True when it was done; what went wrong is said in a toast. */
  async breakHold(environment: string, reason: string): Promise<boolean> {
    return (await this.attempt(() => call("break_hold", { environment, reason }))) !== undefined;
  }

  /** True when it was done; what went wrong is said in a toast. */
  async takeHold(environment: string, reason: string, hours: number | null): Promise<boolean> {
    return (await this.attempt(() => call("take_hold", { environment, reason, hours }))) !== undefined;
  }

  /** `environment`: `null` is everywhere. True when it was done; what went wrong is said in a toast. */
  async quarantine(
    environment: string | null,
    tag: string,
    reason: string,
    hours: number | null,
  ): Promise<boolean> {
    const given = { environment, tag, reason, hours };
    return (await this.attempt(() => call("quarantine", given))) !== undefined;
  }

  /** True when it was done; what went wrong is said in a toast. */
  async liftQuarantine(tag: string, reason: string): Promise<boolean> {
    return (await this.attempt(() => call("lift_quarantine", { tag, reason }))) !== undefined;
  }

  /** Goes back up to what a rollback left, and watches it. */
  async rollForward(environment: string, tag: string, reason: string): Promise<void> {
    const view = await this.attempt(() => this.run.forward(environment, tag, reason));
    if (view) this.watchRollback(view.id);
  }

  /** The commands by hand, for the hour in which GitHub does not answer. */
  breakGlass(environment: string): void {
    this.navigation.go({ name: "break_glass", environment });
  }

  readOutput = (hash: string) => call("command_output", { hash });

  /** True when it was done; what went wrong is said in a toast. */
  async markGood(environment: string, tag: string, reason: string): Promise<boolean> {
    return (await this.attempt(() => call("mark_good", { environment, tag, reason }))) !== undefined;
  }

  /** True when it was done; what went wrong is said in a toast. */
  async takeMarkBack(environment: string, tag: string, reason: string): Promise<boolean> {
    return (await this.attempt(() => call("take_mark_back", { environment, tag, reason }))) !== undefined;
  }

  openLink = (url: string) => this.attempt(() => call("open_link", { url }));

  refresh = () => this.attempt(() => this.environments.refresh());

  /** Keeps everything that was typed and is not kept yet. */
  async flush(): Promise<void> {
    await Promise.all([this.room.desk.flush(), this.paper.flush()]);
  }

  /** Does a deed; what goes wrong is said in a toast, and the answer is then undefined. */
  async attempt<Value>(deed: () => Promise<Value>): Promise<Value | undefined> {
    try {
      return await deed();
    } catch (thrown) {
      this.toasts.trouble(thrown);
      return undefined;
    }
  }

  async #open(open: () => Promise<RepositoryView | null>): Promise<void> {
    const before = this.session.repository;
    try {
      await this.flush();
      const repository = await open();
      if (repository) this.#show();
    } catch (thrown) {
      // Without an open repository the welcome view shows the trouble in its place.
      if (before) this.toasts.trouble(thrown);
    }
  }

  /** A rollback that ends while the person looks elsewhere is said where they look. */
  #sayEnd(rollback: RollbackView): void {
    const watched = this.navigation.place.name === "rollback";
    const before = this.run.view;
    if (watched || before?.id !== rollback.id || before.endedAt !== null || rollback.endedAt === null) return;
    this.toasts.say(rollbackSign(rollback).tone, rollback.sentence, rollback.hint);
  }

  /** A rollout that is over, or needs a person, is said wherever they look. */
  #sayRollout(rollout: RolloutView): void {
    const now = `${rollout.id} ${rollout.sentence}`;
    const knew = this.#saidRollout === now;
    if (rollout.outcome || rollout.needsPerson) this.#saidRollout = now;
    if (this.navigation.place.name === "way_up" || knew) return;
    if (rollout.outcome) this.toasts.say(outcomeOf(rollout.outcome).tone, rollout.sentence, rollout.hint);
    else if (rollout.needsPerson) this.toasts.say("warn", rollout.sentence, rollout.hint);
  }

  #replace(repository: RepositoryView): void {
    const same = this.session.repository?.path === repository.path;
    this.session.receive(repository);
    if (!same) this.#show();
  }

  #show(): void {
    this.releases.clear();
    this.environments.clear();
    this.history.clear();
    this.run.clear();
    this.trust.clear();
    this.guards.clear();
    this.glass.clear();
    this.people.clear();
    this.wayUp.clear();
    for (const one of [this.incidents, this.room, this.templates, this.channels, this.library, this.paper])
      void one.clear();
    this.navigation.go({ name: "timeline" });
    void this.releases.load();
    void this.environments.load();
    void this.incidents.load();
    void this.trust.load();
    void this.channels.load();
  }
}

const KEY = Symbol("workspace");

export function provideWorkspace(workspace: Workspace): Workspace {
  return setContext(KEY, workspace);
}

export function useWorkspace(): Workspace {
  return getContext<Workspace>(KEY);
}
