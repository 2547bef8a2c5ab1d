import type { Backend, DropEvent } from "./backend";
import type { Answer, Arguments, CommandName, Commands } from "./commands";
import type { IncidentCommands } from "./commands/incident";
import type { PostmortemCommands } from "./commands/postmortem";
import type { WayUpCommands } from "./commands/way-up";
import { IpcError } from "./error";
import { sampleJobLog } from "./fake/job-log";
import { FakePapers } from "./fake/papers";
import { DAY, sampleDetail } from "./fake/releases";
import { rollbackAt, type Script } from "./fake/rollback";
import { FakeRoom } from "./fake/room";
import { type Scenario, type ScenarioName, scenarioNamed } from "./fake/scenarios";
import { FakeSettings } from "./fake/settings";
import { FakeTrust, samplePage } from "./fake/trust";
import { FakeWayUp } from "./fake/way-up";
import type { GlassCommand } from "./generated/GlassCommand";
import type { InboxItem } from "./generated/InboxItem";
import type { MarkedGood } from "./generated/MarkedGood";
import type { Notice } from "./generated/Notice";
import type { Overview } from "./generated/Overview";
import type { RepositoryView } from "./generated/RepositoryView";
import type { RollbackSummary } from "./generated/RollbackSummary";

type Handlers = { [Name in CommandName]: (given: Arguments<Name>) => Answer<Name> | Promise<Answer<Name>> };
type Own = Omit<
  Handlers,
  keyof IncidentCommands | keyof PostmortemCommands | keyof FakeTrust["handlers"] | keyof WayUpCommands
>;
type Called = { [Name in CommandName]: { name: Name; given: Arguments<Name> } }[CommandName];

const NEVER = new Promise<never>(() => undefined);
/** What a slow desk does not answer. */
const WAITED_FOR = new Set<CommandName>([
  "incidents",
  "incident",
  "templates",
  "channels",
  "postmortems",
  "postmortem",
  "way_up",
]);

/** The host as a window sees it, all in memory. Remembers every call; time moves when it is told to. */
export class Fake implements Backend {
  readonly calls: Called[] = [];
  readonly scenario: Scenario;
  readonly room: FakeRoom;
  readonly papers: FakePapers;
  readonly settings: FakeSettings;
  readonly trust: FakeTrust;
  readonly wayUp: FakeWayUp;
  /** What deploys from this machine, where a test names something. */
  local: GlassCommand | null = null;
  now: number;
  #script: Script | null = null;
  #receive: (notice: Notice) => void = () => undefined;
  #drop: (event: DropEvent) => void = () => undefined;
  #open: boolean;
  #rehearsal: boolean;
  #inbox: InboxItem[];
  #overview: Overview;
  #troubles = new Map<CommandName, IpcError>();

  constructor(name: ScenarioName | string | null = null, now = Date.now()) {
    this.scenario = scenarioNamed(name);
    this.now = now;
    this.settings = new FakeSettings(() => this.now, name !== "no-sign-in");
    this.trust = new FakeTrust(this.scenario.commands, now);
    this.#open = this.scenario.open;
    this.#rehearsal = this.scenario.rehearsal;
    this.#overview = this.scenario.overview(now);
    this.#inbox = sampleInbox(now);
    const world = { now: () => this.now, tell: (notice: Notice) => this.#receive(notice) };
    this.room = new FakeRoom(this.scenario.incidents(now), world);
    this.papers = new FakePapers(world);
    this.wayUp = new FakeWayUp(world);
    this.papers.empty = this.room.incidents.length === 0;
    const age = this.scenario.rollbackAge;
    if (age !== null)
      this.#begin(
        "production",
        "v2.4.0",
        "Health checks return 503 since the fuel metering change.",
        now - age,
      );
    if (this.#script && this.scenario.undone) this.#script.undone = 2600;
  }

  async call<Name extends CommandName>(name: Name, given: Arguments<Name>): Promise<Answer<Name>> {
    this.calls.push({ name, given } as Called);
    const trouble = this.#troubles.get(name);
    if (trouble) throw trouble;
    if (this.scenario.slow && WAITED_FOR.has(name)) return NEVER;
    const handlers = {
      ...this.#handlers,
      ...this.room.handlers,
      ...this.papers.handlers,
      ...this.trust.handlers,
      ...this.wayUp.handlers,
    } as Handlers;
    const handler = handlers[name] as (given: Arguments<Name>) => Answer<Name> | Promise<Answer<Name>>;
    return handler(given);
  }

  async watch(receive: (notice: Notice) => void): Promise<void> {
    this.#receive = receive;
    const { gap, waiting } = this.scenario;
    if (gap) receive({ kind: "gap", gap });
    if (waiting) receive({ kind: "waiting", waiting });
  }

  async onDrop(receive: (event: DropEvent) => void): Promise<() => void> {
    this.#drop = receive;
    return () => undefined;
  }

  /** Lets time pass and says what changed, as the host would. */
  advance(milliseconds: number): void {
    this.now += milliseconds;
    this.wayUp.advance();
    if (!this.#script) return;
    const rollback = rollbackAt(this.#script, this.now);
    if (rollback.endedAt !== null) this.#settle();
    this.#receive({ kind: "rollback", rollback });
  }

  /** Sends a notice that the scenario would not send by itself. */
  notify(notice: Notice): void {
    if (notice.kind === "inbox") this.#inbox = notice.items;
    this.#receive(notice);
  }

  drop(event: DropEvent): void {
    this.#drop(event);
  }

  /** Says this without being asked, as the host does. */
  tell(notice: Notice): void {
    this.#receive(notice);
  }

  /** From now on this command fails. */
  refuse(name: CommandName, code: string, message: string, hint = ""): void {
    this.#troubles.set(name, new IpcError({ code, message, hint }));
  }

  count(name: CommandName): number {
    return this.calls.filter((call) => call.name === name).length;
  }

  #handlers: Own = {
    startup: () => ({
      repository: this.#open ? this.#repository() : null,
      trouble: this.scenario.trouble
        ? {
            code: "folder_missing",
            message: "The folder ~/code/connectias is not there any more",
            hint: "Open it from where it is now.",
          }
        : null,
      recent: [
        { name: "connectias", path: "/home/dev/code/connectias" },
        { name: "billing-service", path: "/home/dev/code/billing-service" },
      ],
      undoSeconds: this.settings.countdown === "seconds" ? 5 : 0,
      askFirst: this.settings.countdown === "ask",
    }),
    open_rehearsal: () => this.#enter(true),
    open_repository: ({ path }: Commands["open_repository"][0]) => {
      if (!path.includes("/code/"))
        throw new IpcError({
          code: "not_a_repository",
          message: `${path} is not in a git repository`,
          hint: "Choose a folder that holds a clone.",
        });
      return this.#enter(false);
    },
    choose_repository: () => this.#enter(false),
    releases: () => (this.scenario.slow ? NEVER : this.scenario.releases(this.now)),
    overview: () => (this.scenario.slow ? NEVER : this.#overview),
    refresh: () => {
      this.#receive({ kind: "overview", overview: this.#overview });
      return null;
    },
    release_detail: ({ tag, environment }) =>
      sampleDetail(
        tag,
        this.#overview.environments.find((one) => one.name === environment)?.live?.tag ?? null,
      ),
    start_rollback: ({ environment, tag, reason }) => {
      const script = this.#begin(environment, tag, reason, this.now);
      return rollbackAt(script, this.now);
    },
    roll_back_here: ({ environment, tag, reason }) => {
      const script = this.#begin(environment, tag, reason, this.now);
      script.local = true;
      return rollbackAt(script, this.now);
    },
    give_reason: ({ reason }) => {
      if (this.#script) this.#script.reason = reason;
      return null;
    },
    undo_rollback: () =>
      this.#change((script) => {
        script.undone = this.now - script.startedAt;
      }),
    stop_rollback: () =>
      this.#change((script) => {
        script.stopAsked = true;
      }),
    take_up_rollback: () =>
      this.#change((script) => {
        script.driver = null;
      }),
    approvals: () =>
      this.#script?.waits
        ? [
            {
              environment: "production",
              reviewers: this.scenario.waits === "timer" ? [] : ["platform-lead", "on-call-lead"],
              canApprove: this.scenario.waits === "me",
              waitMinutes: this.scenario.waits === "timer" ? 10 : 0,
            },
          ]
        : [],
    job_log: ({ job }) => sampleJobLog(job, this.now),
    decide_run: ({ approve }) => {
      this.#change((script) => {
        script.waits = false;
        if (!approve) script.ending = "failed";
      });
      return approve ? "Run 19482201 is approved for production" : "Run 19482201 is rejected for production";
    },
    cancel_run: () => {
      this.#change((script) => {
        script.ending = "failed";
      });
      return "Run 19482201 is being cancelled";
    },
    choose: ({ choice }) =>
      this.#change((script) => {
        if (choice === "send_again") script.ending = "succeeded";
        if (choice === "give_up") script.undone = this.now - script.startedAt;
      }),
    rollback: ({ id }) => {
      if (this.#script?.id !== id)
        throw new IpcError({
          code: "rollback_unknown",
          message: "This rollback is not in the journal",
          hint: "Go back to the rollbacks.",
        });
      return rollbackAt(this.#script, this.now);
    },
    rollbacks: () => [...this.#running(), ...pastRollbacks(this.now)],
    lift_hold: ({ environment }) => {
      for (const one of this.#overview.environments) if (one.name === environment) one.hold = null;
      this.#overview = structuredClone(this.#overview);
      this.#receive({ kind: "overview", overview: this.#overview });
      return null;
    },
    take_hold: ({ environment, reason }) => this.#hold(environment, reason),
    break_hold: ({ environment, reason }) => this.#hold(environment, reason),
    quarantine: ({ environment, tag, reason }) => {
      this.#overview = structuredClone(this.#overview);
      for (const one of this.#overview.environments) {
        if (environment !== null && one.name !== environment) continue;
        one.marks.push({ tag, mark: "quarantined" });
        one.quarantined.push({ tag, words: `by @release-manager: ${reason}` });
      }
      this.#receive({ kind: "overview", overview: this.#overview });
      return null;
    },
    lift_quarantine: ({ tag }) => {
      this.#overview = structuredClone(this.#overview);
      for (const one of this.#overview.environments) {
        one.marks = one.marks.filter((mark) => mark.tag !== tag || mark.mark !== "quarantined");
        one.quarantined = one.quarantined.filter((bad) => bad.tag !== tag);
      }
      this.#receive({ kind: "overview", overview: this.#overview });
      return null;
    },
    roll_forward: ({ environment, tag, reason }) => {
      const script = this.#begin(environment, tag, reason, this.now);
      script.forward = true;
      return rollbackAt(script, this.now);
    },
    offer_guard: ({ environment }) => {
      const path = ".github/workflows/deploy.yml";
      if (environment === "production")
        return {
          path,
          sentence: "Pull request 431 was opened.",
          url: "https://github.com/acme/connectias/pull/431",
          snippet: null,
        };
      const sentence =
        "The file does not say which environment its jobs deploy to. Put the step there by hand.";
      return { path, sentence, url: null, snippet: "- name: Refuse while the environment is held" };
    },
    break_glass: ({ environment }) => ({
      ...samplePage(environment, this.now),
      local: this.local,
      changed: this.scenario.rollbackAge === null ? null : "v2.4.0 is live already.",
    }),
    mark_good: ({ environment, tag, reason }) => {
      this.#mark(environment, (marks) => [
        ...marks,
        { tag, words: `marked good by @release-manager: ${reason}` },
      ]);
      return null;
    },
    take_mark_back: ({ environment, tag }) => {
      this.#mark(environment, (marks) => marks.filter((mark) => mark.tag !== tag));
      return null;
    },
    inbox: () => this.#inbox,
    read_inbox: () => {
      this.#inbox = this.#inbox.map((item) => ({ ...item, read: true }));
      return null;
    },
    open_link: () => null,
    settings: () => this.settings.view(),
    check_settings: () => this.settings.view(),
    save_host: ({ choice }) => this.settings.save(choice.address, choice.ca, choice.clientId),
    remove_host: ({ name }) => this.settings.remove(name),
    sign_in_by_token: ({ name, sessionOnly }) =>
      this.settings.signIn(name, sessionOnly ? "session" : "keychain"),
    sign_in_by_gh: ({ name }) => this.settings.signIn(name, "gh"),
    sign_in_by_code: ({ name }) => this.settings.begin(name),
    open_sign_in_page: () => this.settings.view(),
    cancel_sign_in: ({ name }) => this.settings.signOut(name),
    keep_for_session: ({ name }) => this.settings.signIn(name, "session"),
    sign_out: ({ name }) => this.settings.signOut(name),
    choose_countdown: ({ countdown }) => {
      this.settings.countdown = countdown;
      this.#receive({ kind: "settings", settings: this.settings.view() });
      return this.settings.view();
    },
  };

  #mark(environment: string, change: (marks: MarkedGood[]) => MarkedGood[]): void {
    this.#overview = structuredClone(this.#overview);
    for (const one of this.#overview.environments)
      if (one.name === environment) one.markedGood = change(one.markedGood);
    this.#receive({ kind: "overview", overview: this.#overview });
  }

  #begin(environment: string, tag: string, reason: string, startedAt: number): Script {
    const one = this.#overview.environments.find((candidate) => candidate.name === environment);
    const script: Script = {
      id: "rollback-1",
      environment,
      from: one?.live?.tag ?? null,
      to: tag,
      reason,
      startedAt,
      ending: this.scenario.ending,
      driver: this.scenario.driver ?? null,
      waits: this.scenario.waits !== undefined,
    };
    this.#script = script;
    if (one && rollbackAt(script, this.now).endedAt === null) one.rollback = script.id;
    this.#overview = structuredClone(this.#overview);
    return script;
  }

  #hold(environment: string, reason: string): null {
    const since = new Date().toISOString();
    const mine = {
      owner: "@release-manager",
      reason,
      since,
      expires: null,
      blocks: true,
      shared: true,
      mine: true,
    };
    for (const one of this.#overview.environments) if (one.name === environment) one.hold = mine;
    this.#overview = structuredClone(this.#overview);
    this.#receive({ kind: "overview", overview: this.#overview });
    return null;
  }

  #settle(): void {
    if (this.#overview.environments.every((environment) => environment.rollback === null)) return;
    this.#overview = structuredClone(this.#overview);
    for (const environment of this.#overview.environments) environment.rollback = null;
    this.#receive({ kind: "overview", overview: this.#overview });
  }

  #change(change: (script: Script) => void): null {
    if (this.#script) change(this.#script);
    this.advance(0);
    return null;
  }

  #enter(rehearsal: boolean): RepositoryView {
    this.#open = true;
    this.#rehearsal = rehearsal;
    return this.#repository();
  }

  #repository(): RepositoryView {
    return this.#rehearsal
      ? {
          name: "harbour",
          slug: "rehearsal/harbour",
          path: "/tmp/rehearsal/harbour",
          branch: "main",
          rehearsal: true,
        }
      : {
          name: "connectias",
          slug: "acme/connectias",
          path: "/home/dev/code/connectias",
          branch: "main",
          rehearsal: false,
        };
  }

  #running(): RollbackSummary[] {
    if (!this.#script) return [];
    const { id, environment, from, to, phase, proved, sentence, startedAt, startedBy, endedAt } = rollbackAt(
      this.#script,
      this.now,
    );
    return [
      {
        id,
        environment,
        from,
        to,
        phase,
        proved,
        sentence,
        startedAt,
        startedBy,
        endedAt,
        rehearsal: this.#rehearsal,
      },
    ];
  }
}

/** The fake for a plain browser: `?scenario=running`; time passes unless `&still` is there. */
export function fakeFromAddress(search: string): Fake {
  const address = new URLSearchParams(search);
  const fake = new Fake(address.get("scenario"));
  if (!address.has("still")) setInterval(() => fake.advance(250), 250);
  return fake;
}

function sampleInbox(now: number): InboxItem[] {
  return [
    {
      id: 2,
      at: new Date(now - 37 * 60_000).toISOString(),
      title: "production is failing",
      body: "Health answers 503, 3 of 3 tries. Last good is v2.4.0.",
      place: { name: "timeline" },
      read: false,
    },
    {
      id: 1,
      at: new Date(now - 9.6 * DAY).toISOString(),
      title: "production is back on v2.2.3",
      body: "The rollback took 1 min 52 s and was proved.",
      place: { name: "rollback", id: "rollback-0" },
      read: true,
    },
  ];
}

function pastRollbacks(now: number): RollbackSummary[] {
  const started = now - 9.6 * DAY;
  const past = { environment: "production", startedBy: "@platform-lead", rehearsal: false };
  return [
    {
      ...past,
      id: "rollback-0",
      from: "v2.3.0",
      to: "v2.2.3",
      phase: "succeeded",
      proved: true,
      sentence: "production is on v2.2.3, proved by its version probe",
      startedAt: new Date(started).toISOString(),
      endedAt: new Date(started + 112_000).toISOString(),
    },
    {
      ...past,
      id: "rollback-z",
      from: "v2.1.4",
      to: "v2.1.3",
      phase: "failed",
      proved: false,
      sentence: "The deploy failed in “Switch traffic”",
      startedAt: new Date(started - 40 * DAY).toISOString(),
      endedAt: new Date(started - 40 * DAY + 71_000).toISOString(),
      startedBy: "@on-call-lead",
    },
  ];
}
