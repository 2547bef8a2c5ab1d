import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { placesIn } from "../src/editor/values";
import { useBackend } from "../src/ipc/backend";
import type { PostmortemCommands } from "../src/ipc/commands/postmortem";
import { Fake } from "../src/ipc/fake";
import { DraftDesk } from "../src/state/draft-desk.svelte";
import { Incidents } from "../src/state/incidents.svelte";
import { Paper, SAVE_PAPER_WITHIN } from "../src/state/paper.svelte";
import { PaperReader } from "../src/state/paper-reader.svelte";
import { Templates } from "../src/state/templates.svelte";
import { due } from "../src/words/incident";

let fake: Fake;
beforeEach(() => {
  vi.useFakeTimers();
  fake = new Fake("usual");
  useBackend(fake);
});
afterEach(() => {
  vi.useRealTimers();
});

const saves = () => fake.calls.filter((call) => call.name === "save_draft");

describe("a draft", () => {
  async function desk(): Promise<DraftDesk> {
    const one = new DraftDesk();
    await one.open("incident-1", "slack");
    return one;
  }

  it("is kept within 300 ms while somebody types on and on", async () => {
    const one = await desk();
    for (let letter = 0; letter < 12; letter += 1) {
      one.type("x".repeat(letter + 1));
      await vi.advanceTimersByTimeAsync(50);
    }
    expect(saves().length).toBeGreaterThanOrEqual(2);
    await vi.advanceTimersByTimeAsync(300);
    expect(one.unsaved).toBe(false);
    expect(saves().at(-1)?.given).toMatchObject({ given: { text: "x".repeat(12) } });
  });

  it("is kept before another one opens, and comes back as it was", async () => {
    const one = await desk();
    one.type("half a sentence");
    await one.open("incident-1", "teams");
    expect(saves()).toHaveLength(1);
    await one.open("incident-1", "slack");
    expect(one.text).toBe("half a sentence");
  });

  it("keeps what is typed when it cannot be saved, and says so", async () => {
    const one = await desk();
    fake.refuse("save_draft", "journal_unwritable", "The disk is full", "Free some space.");
    one.type("precious");
    await one.flush();
    expect(one.text).toBe("precious");
    expect(one.unsaved).toBe(true);
    expect(one.trouble?.message).toBe("The disk is full");
  });

  it("takes new values without touching what is typed", async () => {
    const one = await desk();
    one.type("my own words {{ to }}");
    await one.readAgain();
    expect(one.text).toBe("my own words {{ to }}");
    await one.flush();
    expect(one.draft?.gaps).toEqual([]);
  });
});

describe("a post-mortem's text", () => {
  it("is asked for only when it is kept, however fast somebody types", async () => {
    const paper = new Paper();
    await paper.open("2026-11-22-plugins");
    const read = vi.fn(() => "x".repeat(200_000));
    for (let key = 0; key < 40; key += 1) {
      paper.typed(read);
      await vi.advanceTimersByTimeAsync(20);
    }
    const early = read.mock.calls.length;
    expect(early).toBeLessThanOrEqual(800 / SAVE_PAPER_WITHIN);
    await vi.advanceTimersByTimeAsync(300);
    expect(paper.unsaved).toBe(false);
    expect(fake.papers.paper.text).toHaveLength(200_000);
  });

  it("leaves for the disk so soon that with a slow disk no 300 ms of it can be lost", () => {
    expect(SAVE_PAPER_WITHIN).toBeLessThanOrEqual(80);
  });

  it("can be undone behind a restart once nobody types for a moment", async () => {
    const paper = new Paper();
    await paper.open("2026-11-22-plugins");
    paper.writtenIn({ read: () => "typed", undo: () => "what was before" });
    paper.typed(() => "typed");
    await vi.advanceTimersByTimeAsync(1000);
    expect(fake.papers.paper.undo).toBe("what was before");
    expect(fake.count("keep_undo")).toBe(1);
  });

  it("is kept before the window leaves it", async () => {
    const paper = new Paper();
    await paper.open("2026-11-22-plugins");
    paper.typed(() => "last words");
    await paper.clear();
    expect(fake.papers.paper.text).toBe("last words");
  });

  it("is brought together with what somebody else saved meanwhile", async () => {
    const paper = new Paper();
    await paper.open("2026-11-22-plugins");
    fake.papers.apart = true;
    paper.typed(() => "mine");
    await paper.flush();
    expect(paper.text()).toContain("Their words.");
    expect(paper.note).toContain("their text is in the history");
  });

  it("goes on from what was typed where somebody types on before both texts are there", async () => {
    const paper = await opened();
    fake.papers.apart = true;
    const answer = waiting("save_postmortem");
    paper.typed(() => "mine");
    await vi.advanceTimersByTimeAsync(SAVE_PAPER_WITHIN);
    paper.typed(() => "mine and more");
    answer();
    await vi.advanceTimersByTimeAsync(500);
    expect(paper.text()).toBe("mine and more");
    const bases = fake.calls.flatMap((call) => (call.name === "save_postmortem" ? [call.given.base] : []));
    expect(bases).toEqual(["r1", "r2"]);
  });

  it("that is typed while it is pushed stays, and is brought together with what was pushed", async () => {
    for (const pause of [0, 500]) {
      const paper = await opened();
      const push = waiting("open_pull_request");
      const opening = paper.openPullRequest();
      await vi.advanceTimersByTimeAsync(10);
      paper.typed(() => "typed meanwhile");
      await vi.advanceTimersByTimeAsync(pause);
      fake.papers.paper = { ...fake.papers.paper, text: "what was pushed", revision: "r90" };
      fake.papers.apart = true;
      push();
      await opening;
      expect(paper.text()).toBe("typed meanwhile");
      await vi.advanceTimersByTimeAsync(500);
      expect(paper.text()).toBe("typed meanwhile\nTheir words.\n");
      expect(fake.calls.filter((call) => call.name === "save_postmortem").at(-1)?.given).not.toMatchObject({
        base: "r90",
      });
    }
  });

  it("that could not be saved is tried again by itself, less and less often, until it is", async () => {
    const paper = await opened();
    fake.papers.full = true;
    paper.typed(() => "precious");
    await vi.advanceTimersByTimeAsync(SAVE_PAPER_WITHIN);
    expect(paper.saveTrouble?.message).toBe("The documents cannot be written");
    await vi.advanceTimersByTimeAsync(60_000);
    expect(paper.saveTrouble).not.toBeNull();
    expect(fake.count("save_postmortem")).toBeGreaterThan(5);
    expect(fake.count("save_postmortem")).toBeLessThan(15);
    fake.papers.full = false;
    await vi.advanceTimersByTimeAsync(31_000);
    expect([paper.saveTrouble, paper.unsaved, fake.papers.paper.text]).toEqual([null, false, "precious"]);
  });

  it("that could not be saved is not pushed, exported or replaced by an older one", async () => {
    const paper = await opened();
    fake.papers.full = true;
    paper.typed(() => "precious");
    await expect(paper.openPullRequest()).rejects.toThrow("The documents cannot be written");
    await expect(paper.restore("r1")).rejects.toThrow("The documents cannot be written");
    await expect(new PaperReader(paper).exportAs("pdf")).rejects.toThrow("The documents cannot be written");
    expect(fake.count("open_pull_request") + fake.count("export_postmortem")).toBe(0);
    expect(paper.text()).toBe("precious");
  });

  it("that could not be saved when somebody left is saved once that works, and there when they come back", async () => {
    const paper = await opened();
    fake.papers.full = true;
    paper.typed(() => "precious");
    await paper.open("another");
    expect(paper.saveTrouble).toBeNull();
    await paper.open("2026-11-22-plugins");
    expect([paper.text(), paper.unsaved]).toEqual(["precious", true]);
    expect((await paper.leave())?.message).toBe("The documents cannot be written");
    await paper.clear();
    fake.papers.full = false;
    await vi.advanceTimersByTimeAsync(5000);
    expect(fake.papers.paper.text).toBe("precious");
  });

  it("is not replaced by an answer that belongs to one that was left", async () => {
    const paper = await opened();
    for (const [command, deed] of [
      ["create_ticket", () => paper.createTicket("a2")],
      ["change_action", () => paper.changeAction({ kind: "done", action: "a2", done: true })],
      ["restore_postmortem", () => paper.restore("r1")],
      ["open_pull_request", () => paper.openPullRequest()],
    ] as const) {
      await paper.open("2026-11-22-plugins");
      const answer = waiting(command);
      const asked = deed();
      await vi.advanceTimersByTimeAsync(10);
      await paper.open("another");
      answer();
      await asked;
      expect(paper.view?.id, command).toBe("another");
    }
  });

  async function opened(): Promise<Paper> {
    const paper = new Paper();
    await paper.open("2026-11-22-plugins");
    return paper;
  }

  /** This command answers once that is asked for. */
  function waiting(name: keyof PostmortemCommands): () => void {
    const handlers = fake.papers.handlers as Record<string, (given: unknown) => unknown>;
    const usual = handlers[name];
    let answer: () => void = () => undefined;
    const asked = new Promise<void>((done) => {
      answer = done;
    });
    handlers[name] = async (given) => {
      await asked;
      handlers[name] = usual as (given: unknown) => unknown;
      return usual?.(given);
    };
    return answer;
  }
});

describe("a template that is typed", () => {
  it("is tried at once; one is on its way, and the newest is tried last", async () => {
    const templates = new Templates();
    await templates.load();
    const tried = () => fake.calls.filter((call) => call.name === "try_template");
    const before = tried().length;
    for (const text of ["# one", "# two", "# three"]) templates.type(text);
    expect(tried()).toHaveLength(before + 1);
    await vi.advanceTimersByTimeAsync(1000);
    expect(tried().slice(before)).toMatchObject([
      { given: { text: "# one" } },
      { given: { text: "# three" } },
    ]);
  });

  it("is tried and never kept by itself; the last preview stays while it is broken", async () => {
    const templates = new Templates();
    await templates.load();
    templates.type("# {{ title }}\n\n{{ titel }} fails");
    await vi.advanceTimersByTimeAsync(300);
    expect(templates.trial?.problems[0]).toMatchObject({
      line: 3,
      message: "There is no value called “titel”",
    });
    expect(templates.trial?.preview).not.toBeNull();
    expect(fake.count("save_template")).toBe(0);
  });
});

describe("what is promised", () => {
  it("counts down, then up", () => {
    expect(due("2026-11-22T15:00:00Z", Date.parse("2026-11-22T14:55:48Z"))).toMatchObject({
      late: false,
      soon: true,
      figure: "4:12",
    });
    expect(due("2026-11-22T15:00:00Z", Date.parse("2026-11-22T15:01:05Z"))?.words).toBe("overdue for 1:05");
    expect(due(null, 0)).toBeNull();
  });

  it("is said to be overdue once for each promise", async () => {
    const incidents = new Incidents();
    await incidents.load();
    expect(incidents.newlyOverdue(fake.now).map((one) => one.id)).toEqual(["incident-2"]);
    expect(incidents.newlyOverdue(fake.now)).toEqual([]);
    const moved = incidents.open.map((one) => ({ ...one, nextDue: new Date(fake.now - 1000).toISOString() }));
    incidents.receive(moved);
    expect(incidents.newlyOverdue(fake.now)).toHaveLength(2);
  });
});

describe("linked values", () => {
  it("are found with filters and without; blocks and comments are not values", () => {
    const found = placesIn("{{ a }} {{b|sentence}} {% if c %} {# d #} {{ e.f }} {{ }}").map(
      (one) => one.name,
    );
    expect(found).toEqual(["a", "b"]);
  });
});
