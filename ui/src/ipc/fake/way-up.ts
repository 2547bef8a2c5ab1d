import type { Commands } from "../commands";
import type { WayUpCommands } from "../commands/way-up";
import { IpcError } from "../error";
import type { FixView } from "../generated/FixView";
import type { NewRollout } from "../generated/NewRollout";
import type { Notice } from "../generated/Notice";
import type { RolloutChoice } from "../generated/RolloutChoice";
import type { RolloutStage } from "../generated/RolloutStage";
import type { RolloutView } from "../generated/RolloutView";
import type { WayUpView } from "../generated/WayUpView";

type Handlers = { [Name in keyof WayUpCommands]: (given: Commands[Name][0]) => Commands[Name][1] };
type World = { now: () => number; tell: (notice: Notice) => void };

/** How long a stage's deploy takes. */
const DEPLOY = 2000;
const ITEMS = [
  "Reproduce it on staging, as it was",
  "Write a test that fails without the fix",
  "Make the next such failure show earlier: a check, an alert, a log line",
  "Try migrations and configuration both ways, up and down",
  "Decide whether it goes behind a flag",
  "Name who watches while it rolls out",
];

/** A fix and a rollout in memory; a rollout goes on when time does. */
export class FakeWayUp {
  fix: FixView | null = null;
  rollout: RolloutView | null = null;
  /** The releases that may go out, newest first. */
  offered = ["v2.4.2"];
  /** The deploy to this environment fails. */
  failing: string | null = null;
  #world: World;
  #since = 0;

  constructor(world: World) {
    this.#world = world;
  }

  readonly handlers: Handlers = {
    way_up: ({ rollback }) => this.#view(rollback ?? "rollback-1"),
    begin_fix: ({ fromBad, branch }) => {
      this.fix = {
        id: "fix-1",
        branch: branch ?? "fix/health-checks-return-503-since-the-fuel",
        commit: "9f3c1ab",
        base: fromBad ? "v2.4.1" : "the default branch",
        pushed: false,
        playbook: null,
        items: ITEMS.map((text) => ({ text, doneBy: null, doneAt: null })),
        pullRequest: null,
        compare: "https://github.com/acme/connectias/compare/fix?expand=1",
        by: "@release-manager",
        at: this.#iso(),
      };
      return this.fix;
    },
    check_fix_item: ({ item, done }) => {
      const who = done ? "@release-manager" : null;
      const items = this.#fix().items.map((one, place) =>
        place === item ? { ...one, doneBy: who, doneAt: done ? this.#iso() : null } : one,
      );
      return this.#change({ items });
    },
    push_fix: () => this.#change({ pushed: true }),
    link_pull_request: ({ named }) => {
      if (named === "0")
        throw new IpcError({
          code: "not_on_github",
          message: "GitHub has no pull request #0 here.",
          hint: "Push the branch, open one, and link it then.",
        });
      const url = "https://github.com/acme/connectias/pull/418";
      return this.#change({
        pullRequest: { number: 418, url, title: "Meter fuel once a call", state: "open" },
      });
    },
    start_rollout: ({ given }) => {
      this.#since = this.#world.now();
      this.rollout = this.#begun(given);
      return this.rollout;
    },
    choose_rollout: ({ choice, reason }) => this.#choose(choice, reason),
    resume_rollout: () => {
      this.#update({ driven: true });
      return null;
    },
  };

  /** Moves the rollout on, as far as time has. */
  advance(): void {
    const place = this.#place();
    const stage = this.rollout?.stages[place];
    if (!this.rollout || this.rollout.endedAt !== null || !stage) return;
    const past = this.#world.now() - this.#since;
    if (stage.phase === "pending")
      this.#stage(place, { phase: "deploying", drive: "rollback-1", attempts: 1 });
    else if (stage.phase === "deploying" && past >= DEPLOY) this.#deployed(place, stage);
    else if (stage.phase === "soaking") this.#watch(place, stage, past - DEPLOY);
    else if (stage.phase === "green" && stage.gate === "automatic") this.#pass(place, null);
  }

  #deployed(place: number, stage: RolloutStage): void {
    if (this.failing === stage.environment) {
      const sentence = "The deploy failed in “Switch traffic”";
      this.#stage(place, { phase: "failed", sentence });
      this.#update({
        sentence: `${stage.environment} did not work: ${sentence}`,
        choices: ["roll_back", "again", "stop"],
        needsPerson: true,
      });
      return;
    }
    const look = { at: this.#iso(), well: true, sentence: "v2.4.2 answers, health 200" };
    this.#stage(place, { phase: "soaking", watchedSeconds: 0, sentence: look.sentence, looks: [look] });
    this.#update({ sentence: `${stage.environment} is being watched`, choices: ["roll_back", "stop"] });
  }

  #watch(place: number, stage: RolloutStage, past: number): void {
    const watchedSeconds = Math.min(Math.floor(past / 1000), stage.soakSeconds);
    if (watchedSeconds < stage.soakSeconds) {
      this.#stage(place, { watchedSeconds });
      return;
    }
    this.#stage(place, { phase: "green", watchedSeconds: null });
    if (stage.gate === "person")
      this.#update({
        sentence: `${stage.environment} stayed well; a person opens the gate`,
        choices: ["go", "again", "roll_back", "stop"],
        needsPerson: true,
      });
  }

  #pass(place: number, by: string | null) {
    const stage = this.rollout?.stages[place];
    if (!stage) return;
    const sentence = `The hold of ${stage.environment} is lifted`;
    this.#stage(place, { phase: "passed", openedBy: by, sentence });
    this.#since = this.#world.now();
    const next = this.rollout?.stages[place + 1];
    if (next)
      this.#update({ sentence: `${next.environment} is next`, choices: ["stop"], needsPerson: false });
    else this.#end("succeeded", `${this.rollout?.tag} is live in staging and production and stayed well`);
  }

  #choose(choice: RolloutChoice, reason: string): null {
    const place = this.#place();
    const stage = this.rollout?.stages[place];
    this.#since = this.#world.now();
    if (choice === "go") this.#pass(place, "@release-manager");
    if (choice === "again") {
      this.failing = null;
      this.#stage(place, { phase: "pending", sentence: "" });
      this.#update({ sentence: `${stage?.environment} is next`, choices: ["stop"], needsPerson: false });
    }
    if (choice === "stop")
      this.#end("stopped", `The rollout of v2.4.2 stopped at ${stage?.environment}: ${reason}`);
    if (choice === "roll_back")
      this.#end("rolled_back", `The rollout of v2.4.2 went back: ${stage?.environment} is back on v2.4.0`);
    return null;
  }

  #end(outcome: NonNullable<RolloutView["outcome"]>, sentence: string): void {
    this.#update({ outcome, sentence, endedAt: this.#iso(), choices: [], needsPerson: false });
  }

  #begun(given: NewRollout): RolloutView {
    const stages = given.stages.map((stage) => ({
      ...stage,
      phase: "pending" as const,
      watchedSeconds: null,
      anew: null,
      openedBy: null,
      sentence: "",
      hint: "",
      drive: null,
      attempts: 0,
      looks: [],
    }));
    return {
      id: "ro-1",
      sequence: 1,
      tag: given.tag,
      bad: "v2.4.1",
      rollback: given.rollback,
      reason: given.reason,
      who: "@release-manager",
      startedAt: this.#iso(),
      endedAt: null,
      outcome: null,
      sentence: `${given.stages[0]?.environment} is next`,
      hint: "",
      choices: ["stop"],
      needsPerson: false,
      driven: true,
      lifts: given.liftQuarantine ? ["v2.4.1"] : [],
      back: null,
      stages,
    };
  }

  #view(rollback: string): WayUpView {
    return {
      rollback,
      environment: "production",
      bad: "v2.4.1",
      reason: "Health checks return 503 since the fuel metering change.",
      fix: this.fix,
      offer: {
        releases: this.offered.map((tag) => ({ tag, title: "Meter fuel once a call", quarantined: false })),
        stages: [
          { environment: "staging", soakSeconds: 600, gate: "person" },
          { environment: "production", soakSeconds: 600, gate: "automatic" },
        ],
        environments: ["production", "staging"],
        trouble: "",
      },
      rollout: this.rollout,
    };
  }

  #place(): number {
    return this.rollout?.stages.findIndex((stage) => stage.phase !== "passed") ?? -1;
  }

  #stage(place: number, changed: Partial<RolloutStage>): void {
    const stages = this.rollout?.stages.map((stage, at) => (at === place ? { ...stage, ...changed } : stage));
    if (stages) this.#update({ stages });
  }

  #update(changed: Partial<RolloutView>): void {
    if (!this.rollout) return;
    this.rollout = { ...this.rollout, ...changed, sequence: this.rollout.sequence + 1 };
    this.#world.tell({ kind: "rollout", rollout: this.rollout });
  }

  #fix(): FixView {
    if (!this.fix)
      throw new IpcError({ code: "fix_unknown", message: "No fix was begun here.", hint: "Begin one." });
    return this.fix;
  }

  #change(changed: Partial<FixView>): FixView {
    this.fix = { ...this.#fix(), ...changed };
    return this.fix;
  }

  #iso(): string {
    return new Date(this.#world.now()).toISOString();
  }
}
