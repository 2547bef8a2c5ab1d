import { render, screen } from "@testing-library/svelte";
import { describe, expect, it } from "vitest";
import Jobs from "../src/components/rollback/Jobs.svelte";
import HeroLive from "../src/components/timeline/HeroLive.svelte";
import { sampleOverview } from "../src/ipc/fake/overview";
import type { JobView } from "../src/ipc/generated/JobView";
import type { LiveView } from "../src/ipc/generated/LiveView";

const NOW = Date.parse("2026-11-22T14:41:00Z");

function hero(source: LiveView["source"]): string {
  const environment = sampleOverview(NOW).environments[0];
  if (!environment?.live) throw new Error("production is live in the sample");
  const { unmount } = render(HeroLive, {
    environment: { ...environment, live: { ...environment.live, source } },
    ci: [],
    now: NOW,
  });
  const text = screen.getByTestId("hero-live").textContent ?? "";
  unmount();
  return text;
}

function job(status: string, conclusion: string | null): JobView {
  return { id: 1, name: "Deploy", status, conclusion, startedAt: null, endedAt: null, url: null, steps: [] };
}

function row(one: JobView): Element {
  const run = { id: 7001, url: "", status: one.status, conclusion: one.conclusion, jobs: [one] };
  const { container } = render(Jobs, { run, now: NOW });
  const line = container.querySelector("li");
  if (!line) throw new Error("a job has a line");
  return line;
}

describe("what is live", () => {
  it("says which evidence tells it", () => {
    expect(hero("probe")).toContain("read from its version probe");
    expect(hero("deployment")).toContain("by its newest deployment");
    expect(hero("run")).toContain("by its newest run");
    expect(hero("journal")).toContain("by this computer's journal");
  });
});

describe("a job's word that nobody knows", () => {
  it("is shown as it came, for all to see, and is no success, no failure and not a job that waits", () => {
    for (const one of [job("levitating", null), job("completed", "levitating")]) {
      const line = row(one);
      expect(line.textContent).toContain("could not tell: levitating");
      expect(line.querySelector(".unseen")).toBeNull();
      expect(line.querySelector(".warn")).not.toBeNull();
      expect(line.querySelector(".good, .bad, .neutral")).toBeNull();
    }
  });

  it("does not turn the direction of the line", () => {
    expect(row(job("levi\u202Etating", null)).textContent).not.toContain("\u202E");
  });

  it("leaves the known words as they are", () => {
    for (const status of ["queued", "pending", "requested"]) {
      expect(row(job(status, null)).textContent).toContain("not started");
    }
    expect(row(job("completed", "success")).querySelector(".unseen")?.textContent).toContain("succeeded");
    expect(row(job("completed", null)).textContent).toContain("could not tell");
  });
});
