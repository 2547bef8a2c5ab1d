import { flushSync } from "svelte";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { findReleases } from "../src/components/palette/search";
import { useBackend } from "../src/ipc/backend";
import { Fake } from "../src/ipc/fake";
import { Clock } from "../src/state/clock.svelte";
import { Environments } from "../src/state/environments.svelte";
import { Releases } from "../src/state/releases.svelte";
import { LOG_LIMIT, RollbackRun } from "../src/state/rollback-run.svelte";
import { Session } from "../src/state/session.svelte";

let fake: Fake;
function given(scenario: string | null = null): Fake {
  fake = new Fake(scenario);
  useBackend(fake);
  return fake;
}
beforeEach(() => given());

describe("a rollback run", () => {
  it("is started once, however often the button is clicked", async () => {
    const run = new RollbackRun();
    await Promise.all([run.start("production", "v2.4.0"), run.start("production", "v2.4.0")]);
    expect(fake.count("start_rollback")).toBe(1);
    expect(run.starting).toBe(false);
  });

  it("can be tried again after it was refused", async () => {
    fake.refuse("start_rollback", "held", "@on-call-lead holds production");
    const run = new RollbackRun();
    await expect(run.start("production", "v2.4.0")).rejects.toThrow("@on-call-lead holds production");
    expect(run.starting).toBe(false);
  });

  it("drops notices that were overtaken and those of other rollbacks", async () => {
    const run = new RollbackRun();
    const first = await run.start("production", "v2.4.0");
    if (!first) throw new Error("not started");
    run.receive({ ...first, sequence: 9, sentence: "newer" });
    run.receive({ ...first, sequence: 3, sentence: "older" });
    run.receive({ ...first, id: "another", sequence: 99, sentence: "foreign" });
    expect(run.view?.sentence).toBe("newer");
  });

  it("keeps the newest lines of an endless log", async () => {
    const run = new RollbackRun();
    const view = await run.start("production", "v2.4.0");
    if (!view) throw new Error("not started");
    const log = Array.from({ length: 7000 }, (_, line) => ({
      at: view.startedAt,
      text: `line ${line}`,
      tone: "plain" as const,
    }));
    run.receive({ ...view, sequence: 50, log });
    expect(run.log).toHaveLength(LOG_LIMIT);
    expect(run.log.at(-1)?.text).toBe("line 6999");
  });

  it("sends one request at a time", async () => {
    const run = new RollbackRun();
    await run.start("production", "v2.4.0");
    await Promise.all([run.undo(), run.undo(), run.stop()]);
    expect([fake.count("undo_rollback"), fake.count("stop_rollback")]).toEqual([1, 0]);
  });
});

describe("the releases", () => {
  it("are filtered by series and sorted by version", async () => {
    given("many");
    const releases = new Releases();
    await releases.load();
    expect(releases.allSeries).toEqual(["api", "web", "worker"]);
    releases.series = "api";
    releases.sort = "version";
    expect(releases.shown).toHaveLength(3334);
    expect(releases.shown[0]?.tag).toBe("api-v25.0.0");
  });

  it("drop a detail that arrives after another release was chosen", async () => {
    const releases = new Releases();
    const slow = releases.readDetail("production", "v2.3.1");
    const fast = releases.readDetail("production", "v2.4.0");
    await Promise.all([slow, fast]);
    expect(releases.detail?.tag).toBe("v2.4.0");
  });

  it("keep the list that was read when a later reading fails", async () => {
    const releases = new Releases();
    await releases.load();
    fake.refuse("releases", "repository_unreadable", "The repository cannot be read");
    await releases.load();
    expect(releases.all).toHaveLength(12);
    expect(releases.trouble?.code).toBe("repository_unreadable");
  });

  it("are found by tag, title, author and commit, closest first", async () => {
    const releases = new Releases();
    await releases.load();
    const rows = releases.all ?? [];
    expect(findReleases(rows, "2.4.0")[0]?.tag).toBe("v2.4.0");
    expect(findReleases(rows, "session store")[0]?.tag).toBe("v2.3.0");
    expect(findReleases(rows, "9f1c2")[0]?.tag).toBe("v2.4.0");
    expect(findReleases(rows, "@platform")).toHaveLength(12);
    expect(findReleases(rows, "nothing like it")).toEqual([]);
  });
});

describe("the environments", () => {
  it("show the first until another is chosen, and survive its disappearance", async () => {
    const environments = new Environments();
    await environments.load();
    expect(environments.current?.name).toBe("production");
    environments.choose("staging");
    expect(environments.current?.name).toBe("staging");
    const { overview } = environments;
    if (!overview) throw new Error("no overview");
    environments.receive({ ...overview, environments: overview.environments.slice(0, 1) });
    expect(environments.current?.name).toBe("production");
  });

  it("gather all marks of a release", async () => {
    const environments = new Environments();
    await environments.load();
    expect([...(environments.marks.get("v2.4.1") ?? [])]).toEqual(["live", "failing"]);
  });
});

describe("the session", () => {
  it("keeps the trouble of a folder that is no repository", async () => {
    given("welcome");
    const session = new Session();
    await session.begin();
    await expect(session.openPath("/tmp/elsewhere")).rejects.toThrow("is not in a git repository");
    expect([session.repository, session.trouble?.code, session.opening]).toEqual([
      null,
      "not_a_repository",
      false,
    ]);
  });
});

describe("the clock", () => {
  afterEach(() => {
    vi.useRealTimers();
    vi.restoreAllMocks();
  });

  it("ticks once a second while the window is seen, and not while it is hidden", () => {
    vi.useFakeTimers({ now: 1_000_000 });
    const clock = new Clock();
    const stop = clock.start();
    vi.advanceTimersByTime(3000);
    expect(clock.now).toBe(1_003_000);
    vi.spyOn(document, "visibilityState", "get").mockReturnValue("hidden");
    document.dispatchEvent(new Event("visibilitychange"));
    vi.advanceTimersByTime(60_000);
    expect(clock.now).toBe(1_003_000);
    vi.spyOn(document, "visibilityState", "get").mockReturnValue("visible");
    document.dispatchEvent(new Event("visibilitychange"));
    flushSync();
    expect(clock.now).toBe(1_063_000);
    stop();
    expect(vi.getTimerCount()).toBe(0);
  });
});
