import type { Commands } from "../commands";
import type { PostmortemCommands } from "../commands/postmortem";
import { IpcError } from "../error";
import type { ActionView } from "../generated/ActionView";
import type { MergeSection } from "../generated/MergeSection";
import type { Notice } from "../generated/Notice";
import type { PostmortemView } from "../generated/PostmortemView";
import { sampleLibrary, samplePostmortem } from "./postmortems";

type Handlers = { [Name in keyof PostmortemCommands]: (given: Commands[Name][0]) => Commands[Name][1] };
type World = { now: () => number; tell: (notice: Notice) => void };

/** One post-mortem in memory, in a library of four. */
export class FakePapers {
  paper: PostmortemView;
  empty = false;
  /** What the repository's copy says else. */
  conflicts: MergeSection[] = [];
  /** Issues that are closed. */
  closed = new Set<string>();
  merged = false;
  changedThere: string | null = null;
  /** The next save finds that somebody else saved meanwhile. */
  apart = false;
  /** Nothing can be saved, as on a full disk. */
  full = false;
  #world: World;
  #count = 1;

  constructor(world: World) {
    this.#world = world;
    this.paper = samplePostmortem(world.now());
  }

  readonly handlers: Handlers = {
    postmortems: ({ environment, query }) => {
      const { words, ...all } = sampleLibrary(this.#world.now(), this.paper);
      if (this.empty)
        return { ...all, postmortems: [], all: 0, actions: [], factors: [], metrics: [], waiting: [] };
      const holds = (text: string) =>
        query
          .toLowerCase()
          .split(/\s+/)
          .every((word) => text.toLowerCase().includes(word));
      const found = all.postmortems.filter((one) =>
        holds([one.title, words[one.id], ...one.factors].join(" ")),
      );
      return { ...all, postmortems: found, environment: environment ?? all.environment };
    },
    postmortem: ({ id }) => this.#open(id),
    begin_postmortem: ({ incident, rollback, title }) =>
      incident === null && rollback === null && title !== null
        ? this.#set({ title, incident: null })
        : this.paper,
    save_postmortem: ({ text }) => {
      if (this.full)
        throw new IpcError({
          code: "documents_unwritable",
          message: "The documents cannot be written",
          hint: "Make room on the disk.",
        });
      this.#count += 1;
      this.#set({ text, undo: null, revision: `r${this.#count}`, savedAt: this.#iso() });
      const { revision } = this.paper;
      const saved = { revision, savedAt: this.#iso(), typed: revision };
      if (!this.apart) return { ...saved, text: null, note: null };
      this.apart = false;
      const together = `${text}\nTheir words.\n`;
      this.#count += 1;
      this.#set({ text: together, revision: `r${this.#count}` });
      return {
        ...saved,
        revision: this.paper.revision,
        text: together,
        note: "Somebody else changed Impact too; their text is in the history.",
      };
    },
    keep_undo: ({ revision, undo }) => {
      if (revision === this.paper.revision) this.#set({ undo });
      return null;
    },
    render_postmortem: ({ text }) => rendered(text),
    postmortem_history: () => [
      { revision: "r3", at: this.#iso(2), named: null, bytes: 1560 },
      { revision: "r2", at: this.#iso(14), named: null, bytes: 1880 },
      { revision: "r1", at: this.#iso(38), named: "created", bytes: 2120 },
    ],
    postmortem_diff: () => [
      { change: "same", text: "## Contributing factors" },
      { change: "same", text: "" },
      { change: "removed", text: "- The load test runs with the feature off." },
      {
        change: "added",
        text: "- **Tests differ from production**: the load test runs with the feature off.",
      },
      { change: "skipped", text: "11 lines that did not change" },
      { change: "added", text: "It was a Sunday; plugins run at a third of their weekday load." },
    ],
    restore_postmortem: () => this.#set({ revision: `r${++this.#count}` }),
    change_line: ({ change }) => this.#changeLine(change),
    set_moment: ({ landmark, at, reason }) => {
      const set = (moment: PostmortemView["times"][number]["from"]) =>
        moment.landmark === landmark
          ? {
              ...moment,
              at: at ?? moment.at,
              corrected: at !== null,
              trace: [...moment.trace, { by: "@platform-lead", when: this.#iso(), to: at, reason }],
            }
          : moment;
      return this.#set({
        times: this.paper.times.map((time) => {
          const [from, to] = [set(time.from), set(time.to)];
          const seconds = from.at && to.at ? (Date.parse(to.at) - Date.parse(from.at)) / 1000 : null;
          return { ...time, from, to, seconds };
        }),
      });
    },
    change_action: ({ change }) => this.#changeAction(change),
    create_ticket: ({ action }) => {
      const found = this.paper.actions.find(({ id }) => id === action);
      if (!found)
        throw new IpcError({ code: "document_conflict", message: "It is gone", hint: "Look again." });
      return this.#changeAction({ ...found, kind: "edit", action, ticket: "#512" });
    },
    open_tickets: () =>
      sampleLibrary(this.#world.now(), this.paper)
        .actions.flatMap(({ action }) => action.ticket ?? [])
        .map((ticket) => ({ ticket, open: !this.closed.has(ticket) })),
    postmortem_news: () => {
      const tickets = this.paper.actions.flatMap(({ ticket }) =>
        ticket ? [{ ticket, open: !this.closed.has(ticket) }] : [],
      );
      const state = this.merged ? ("published" as const) : this.paper.state;
      return { state, pullRequest: this.paper.pullRequest, tickets, apart: this.changedThere };
    },
    evidence: () => ({
      title: "Health probe of production",
      lines: ["GET /health → 503 in 31 ms", "GET /health → 503 in 28 ms", "GET /health → 503 in 30 ms"],
    }),
    export_postmortem: ({ format }) => ({
      sentence: `Written as ${format === "markdown" ? "Markdown" : format.toUpperCase()}`,
      path: `/home/dev/2026-11-22-plugins.${format === "markdown" ? "md" : format}`,
      url: null,
      merge: null,
    }),
    open_pull_request: ({ choices }) => {
      const settled = this.conflicts.every(({ mark }) => choices.some(({ section }) => section === mark));
      if (!settled)
        return {
          sentence: "The repository's copy went apart from this one",
          path: null,
          url: null,
          merge: {
            sentence: "Somebody changed this document in the repository too",
            sections: this.conflicts,
          },
        };
      this.conflicts = [];
      const url = "https://github.com/acme/connectias/pull/431";
      this.#set({ state: "review", pullRequest: url });
      return { sentence: "Pull request #431 has it", path: null, url, merge: null };
    },
  };

  #open(id: string): PostmortemView {
    if (id === this.paper.id) return this.paper;
    if (id === "unknown")
      throw new IpcError({
        code: "document_unknown",
        message: "This post-mortem is not there any more",
        hint: "Go back to the post-mortems.",
      });
    return { ...this.paper, id, title: id, incident: null, state: "published" };
  }

  #changeLine(change: Commands["change_line"][0]["change"]): PostmortemView {
    const { lines } = this.paper;
    const edit = (id: string, what: Partial<PostmortemView["lines"][number]>) =>
      this.#set({ lines: lines.map((line) => (line.id === id ? { ...line, ...what } : line)) });
    if (change.kind === "hide") return edit(change.line, { hidden: change.hidden });
    if (change.kind === "comment") return edit(change.line, { comment: change.comment });
    const given =
      change.kind === "add"
        ? [change.sentence]
        : change.text.split("\n").filter((line) => /^\s*\[?\d{1,2}:\d\d/.test(line));
    if (given.length === 0)
      throw new IpcError({
        code: "usage",
        message: "No line begins with a time, and no message has a name and a time",
        hint: "Copy the messages with their names and times.",
      });
    const at = change.kind === "add" ? change.at : this.paper.at;
    const added = given.map((sentence, index) => ({
      id: `new-${lines.length + index}`,
      at,
      word: change.kind === "add" ? `${change.word[0]?.toUpperCase()}${change.word.slice(1)}` : "Message",
      tone: "neutral" as const,
      sentence,
      origin: change.kind === "add" ? ("added" as const) : ("pasted" as const),
      hidden: false,
      comment: "",
      who: change.kind === "add" ? change.who : "@platform-lead",
      detail: false,
      evidence: [],
    }));
    return this.#set({ lines: [...lines, ...added].sort((one, other) => one.at.localeCompare(other.at)) });
  }

  #changeAction(change: Commands["change_action"][0]["change"]): PostmortemView {
    const { actions } = this.paper;
    const ticketed = (ticket: string | null) => ({
      ticket,
      ticketUrl: ticket && `https://github.com/acme/connectias/issues/${ticket.replace("#", "")}`,
      takesTicket: ticket === null,
    });
    if (change.kind === "add") {
      const { title, owner, due, priority, ticket } = change;
      const added = {
        id: `a${actions.length + 1}`,
        title,
        owner,
        due,
        priority,
        done: false,
        ...ticketed(ticket),
      };
      return this.#set({ actions: [...actions, added] });
    }
    if (change.kind === "remove")
      return this.#set({ actions: actions.filter(({ id }) => id !== change.action) });
    const edit = (action: ActionView): ActionView => {
      if (change.kind === "done") return { ...action, done: change.done };
      const { title, owner, due, priority, ticket } = change;
      return { ...action, title, owner, due, priority, ...ticketed(ticket) };
    };
    return this.#set({
      actions: actions.map((action) => (action.id === change.action ? edit(action) : action)),
    });
  }

  #set(what: Partial<PostmortemView>): PostmortemView {
    this.paper = { ...this.paper, ...what };
    return this.paper;
  }

  #iso(minutesAgo = 0): string {
    return new Date(this.#world.now() - minutesAgo * 60_000).toISOString();
  }
}

/** Enough Markdown for a picture; the host renders and sanitises the whole of it. */
function rendered(text: string): string {
  const safe = (line: string) =>
    line
      .replace(/&/g, "&amp;")
      .replace(/</g, "&lt;")
      .replace(/\*\*(.+?)\*\*/g, "<strong>$1</strong>");
  return text
    .split(/\n{2,}/)
    .map((block) => {
      const heading = /^(#{1,3}) (.*)$/.exec(block.trim());
      if (heading) return `<h${heading[1]?.length}>${safe(heading[2] ?? "")}</h${heading[1]?.length}>`;
      if (block.startsWith("- "))
        return `<ul>${block
          .split("\n")
          .map((line) => `<li>${safe(line.slice(2))}</li>`)
          .join("")}</ul>`;
      return block.trim() === "" ? "" : `<p>${safe(block)}</p>`;
    })
    .join("");
}
