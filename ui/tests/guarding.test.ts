import { fireEvent, screen, waitFor, within } from "@testing-library/svelte";
import { describe, expect, it } from "vitest";
import type { Fake } from "../src/ipc/fake";
import { goTo, openWindow } from "./kit";

const given = (fake: Fake, name: string) => fake.calls.findLast((call) => call.name === name)?.given;
const press = async (name: string | RegExp) => fireEvent.click(await screen.findByRole("button", { name }));
async function reason(text: string): Promise<void> {
  await fireEvent.input(await screen.findByLabelText("Reason"), { target: { value: text } });
}
async function find(words: string): Promise<HTMLElement> {
  await fireEvent.keyDown(document.body, { key: "k", ctrlKey: true });
  const palette = await screen.findByTestId("palette");
  await fireEvent.input(within(palette).getByRole("combobox"), { target: { value: words } });
  return palette;
}

describe("trust", () => {
  it("is asked for where somebody named a command, with each command in full before it runs", async () => {
    const fake = await openWindow("commands");
    const strip = await screen.findByTestId("trust-strip");
    expect(strip.textContent).toContain("This repository is not trusted: its commands do not run");
    await fireEvent.click(within(strip).getByText("Review…"));
    const [scan, smoke] = await screen.findAllByTestId("command");
    const words = within(smoke as HTMLElement)
      .getAllByRole("listitem")
      .map((word) => word.textContent);
    expect(words).toEqual([
      "npm",
      "run",
      "smoke",
      "--",
      "--base=https://shop.example.com",
      "--retries",
      "two words",
    ]);
    expect(smoke?.textContent).toContain("A throw-away folder with the files of the target");
    expect(smoke?.textContent).toMatch(/Functionality\s*of production/);
    expect(scan?.textContent).toMatch(/Changed\..*you allowed cargo audit/);
    expect(fake.count("grant_command") + fake.count("trust_repository")).toBe(0);
  });

  it("is given to the repository and to one command by its hash, and taken back", async () => {
    const fake = await openWindow("commands");
    await press("Review…");
    await press("Trust this repository");
    expect(given(fake, "trust_repository")).toEqual({ trusted: true });
    const [scan] = await screen.findAllByTestId("command");
    await fireEvent.click(within(scan as HTMLElement).getByText("Allow this command"));
    expect(given(fake, "grant_command")).toEqual({ hash: "ab".repeat(32) });
    await waitFor(() => expect(scan?.textContent).toContain("may run"));
    await fireEvent.click(within(scan as HTMLElement).getByText("Withdraw"));
    expect(given(fake, "withdraw_command")).toEqual({ hash: "ab".repeat(32) });
    await press("Withdraw all trust");
    await waitFor(() => expect(screen.getByTestId("trust-repository").dataset.trusted).toBe("false"));
  });

  it("leaves alone who wants to be, and is still found in the settings", async () => {
    await openWindow("commands");
    await press("Not now");
    expect(screen.queryByTestId("trust-strip")).toBeNull();
    await goTo("Settings");
    expect((await screen.findByTestId("trust-card")).textContent).toMatch(
      /not trusted.*0 commands of 2 may run/s,
    );
  });

  it("is no matter where nobody named a command", async () => {
    await openWindow("usual");
    await screen.findByTestId("hero-live");
    expect(screen.queryByTestId("trust-strip")).toBeNull();
  });

  it("opens all that a command wrote, or says that it is not here", async () => {
    const fake = await openWindow("commands");
    await press(/checks passed$/);
    await press("Security scan, passed. Show the evidence");
    await press("Show the whole output");
    expect((await screen.findByLabelText("Whole output")).textContent).toContain("312 crate dependencies");
    await press("Hide it");
    fake.refuse("command_output", "document_unknown", "This output is not on this machine.");
    await press("Show the whole output");
    expect((await screen.findByRole("alert")).textContent).toContain("not on this machine");
  });
});

describe("break glass", () => {
  it("is one click away where GitHub is, with the commands, the digests and the people", async () => {
    await openWindow("away");
    await fireEvent.click(await screen.findByTestId("to-break-glass"));
    const page = await screen.findByTestId("break-glass");
    await within(page).findByText(/gh workflow run deploy\.yml/);
    for (const words of [
      "git ls-remote",
      "curl -fsS -X POST",
      "pager 555 0100",
      `sha256:${"41c0".repeat(16)}`,
    ])
      expect(page.textContent).toContain(words);
    expect(screen.getByText("Prepared 3 min ago, while GitHub answered")).toBeTruthy();
    expect(within(page).getAllByRole("button", { name: /^Copy the commands of step/ }).length).toBe(5);
  });

  it("tells how to see a hold and to lift one's own, before what deploys", async () => {
    await openWindow("away");
    await fireEvent.click(await screen.findByTestId("to-break-glass"));
    const page = await screen.findByTestId("break-glass");
    await within(page).findByText(/gh workflow run deploy\.yml/);
    const steps = within(within(page).getByRole("list", { name: "What to do, in this order" }));
    const texts = steps.getAllByRole("listitem").map((step) => step.textContent ?? "");
    const place = (words: string) => texts.findIndex((text) => text.includes(words));
    expect(place("git ls-remote --exit-code")).toBe(1);
    expect(place(":refs/lastgood/hold/production")).toBe(2);
    expect(place("gh workflow run")).toBeGreaterThan(2);
  });

  it("is found by Ctrl K, and says when what it was prepared for has changed", async () => {
    await openWindow("running");
    await fireEvent.click(
      await within(await find("break glass")).findByText("Break glass: production by hand"),
    );
    expect((await screen.findByRole("alert")).textContent).toContain("v2.4.0 is live already.");
  });

  it("is offered while a rollback goes on that GitHub does not tell of", async () => {
    const fake = await openWindow("running");
    await fireEvent.click(await screen.findByTestId("watch"));
    await screen.findByTestId("step-follow");
    const rollback = await fake.call("rollback", { id: "rollback-1" });
    const sentence = "GitHub cannot be reached: the connection was refused";
    const hint = "The run goes on at GitHub; Lastgood keeps looking.";
    fake.notify({
      kind: "rollback",
      rollback: { ...rollback, sequence: 9e9, outOfSight: true, sentence, hint },
    });
    const away = await screen.findByTestId("away");
    expect(away.textContent).toContain(sentence);
    await fireEvent.click(within(away).getByText("Break glass"));
    await screen.findByTestId("break-glass");
  });

  it("offers to deploy from this machine where a command is named and allowed, and never by itself", async () => {
    const fake = await openWindow("away");
    fake.local = { line: "./scripts/deploy.sh --here", trusted: true };
    await fireEvent.click(await screen.findByTestId("to-break-glass"));
    const here = await screen.findByTestId("glass-here");
    expect(here.textContent).toContain("./scripts/deploy.sh --here");
    const steps = screen.getByRole("list", { name: "What to do, in this order" });
    expect(steps.textContent).not.toContain("lastgood rollback");
    expect(steps.contains(here)).toBe(false);
    expect(screen.queryByTestId("glass-reachable")).toBeNull();
    await fireEvent.click(within(here).getByTestId("deploy-here"));
    expect(fake.count("roll_back_here")).toBe(0);
    await reason("GitHub is away");
    await press("Deploy here");
    expect(given(fake, "roll_back_here")).toEqual({
      environment: "production",
      tag: "v2.4.0",
      reason: "GitHub is away",
    });
    expect((await screen.findByTestId("step-dispatch")).textContent).toContain("Deploy here");
    expect(screen.queryByText(/deploy\.yml/)).toBeNull();
    expect(screen.queryByTestId("away")).toBeNull();
    expect(fake.count("start_rollback")).toBe(0);
  });

  it("ends the command where somebody stops a deploy from this machine", async () => {
    const fake = await openWindow("away");
    fake.local = { line: "./scripts/deploy.sh --here", trusted: true };
    await fireEvent.click(await screen.findByTestId("to-break-glass"));
    await fireEvent.click(await screen.findByTestId("deploy-here"));
    await reason("GitHub is away");
    await press("Deploy here");
    await screen.findByTestId("step-dispatch");
    const begun = await fake.call("rollback", { id: "rollback-1" });
    const steps = begun.steps.map((step) => ({
      ...step,
      phase: step.name === "dispatch" ? ("running" as const) : step.phase,
    }));
    fake.notify({
      kind: "rollback",
      rollback: { ...begun, sequence: 9e9, steps, canUndo: false, canStop: true },
    });
    await press("Stop the command");
    expect(fake.count("stop_rollback")).toBe(1);
  });

  it("deploys nothing by a command that nobody has read, and leads to where it is allowed", async () => {
    const fake = await openWindow("commands");
    fake.local = { line: "./scripts/deploy.sh --here", trusted: false };
    await fireEvent.click(
      await within(await find("break glass")).findByText("Break glass: production by hand"),
    );
    const here = await screen.findByTestId("glass-here");
    expect(within(here).queryByTestId("deploy-here")).toBeNull();
    expect(screen.getByTestId("glass-reachable").textContent).toContain("GitHub answers");
    await fireEvent.click(within(here).getByTestId("review-here"));
    await screen.findByTestId("trust-repository");
  });

  it("says so where no page was prepared", async () => {
    const fake = await openWindow("away");
    fake.refuse(
      "break_glass",
      "no_target",
      "No break-glass page of production was prepared.",
      "It is prepared while GitHub answers.",
    );
    await fireEvent.click(await screen.findByTestId("to-break-glass"));
    expect((await screen.findByRole("alert")).textContent).toContain(
      "No break-glass page of production was prepared.",
    );
  });
});

describe("holds and quarantines by hand", () => {
  it("takes a hold with a reason, for as long as was chosen", async () => {
    const fake = await openWindow("usual");
    await press("Hold deploys…");
    await reason("Data migration");
    await fireEvent.change(screen.getByLabelText("For"), { target: { value: "4" } });
    await press("Hold production");
    await screen.findByText("@release-manager holds production");
    expect(given(fake, "take_hold")).toEqual({
      environment: "production",
      reason: "Data migration",
      hours: 4,
    });
    expect(screen.queryByRole("button", { name: "Hold deploys…" })).toBeNull();
  });

  it("takes no hold without a reason", async () => {
    await openWindow("usual");
    await press("Hold deploys…");
    await reason("   ");
    expect(screen.getByRole("button", { name: "Hold production" }).hasAttribute("disabled")).toBe(true);
  });

  it("quarantines everywhere, for a time, and lifts it again", async () => {
    const fake = await openWindow("usual");
    await press("Quarantine…");
    await reason("It leaks");
    await fireEvent.change(screen.getByLabelText("In"), { target: { value: "everywhere" } });
    await fireEvent.change(screen.getByLabelText("Until"), { target: { value: "168" } });
    await press("Quarantine");
    await screen.findByText("v2.4.0 is quarantined in every environment");
    await screen.findByText("by @release-manager: It leaks");
    expect(given(fake, "quarantine")).toEqual({
      environment: null,
      tag: "v2.4.0",
      reason: "It leaks",
      hours: 168,
    });
    await press("Lift the quarantine…");
    await reason("Mended");
    await press("Lift the quarantine");
    expect(given(fake, "lift_quarantine")).toEqual({ tag: "v2.4.0", reason: "Mended" });
    await screen.findByText("v2.4.0 may be a target again");
  });

  it("goes forward to what a rollback left, and watches it", async () => {
    const fake = await openWindow("left-behind");
    await fireEvent.click(within(await screen.findByTestId("release-list")).getByText("v2.4.1"));
    await press("Roll forward to it…");
    await reason("It was the cache");
    await press("Roll forward");
    await screen.findByTestId("rollback-screen");
    expect(given(fake, "roll_forward")).toEqual({
      environment: "production",
      tag: "v2.4.1",
      reason: "It was the cache",
    });
    expect(screen.getByText("Roll forward of production")).toBeTruthy();
    fake.advance(120_000);
    await screen.findByText("Rolled forward and proved");
    expect(screen.queryByText("The way back up…")).toBeNull();
  });

  it("finds the way forward by Ctrl K", async () => {
    await openWindow("left-behind");
    await fireEvent.click(
      await within(await find("forward")).findByText("Roll production forward to v2.4.1…"),
    );
    await screen.findByText("Roll production forward to v2.4.1");
  });
});

describe("a failed proof", () => {
  it("offers the next target, and asks before it goes there", async () => {
    const fake = await openWindow("unproved");
    await goTo("Rollbacks");
    await fireEvent.click(await screen.findByText("v2.4.1"));
    await fireEvent.click(await screen.findByTestId("next-target"));
    expect(fake.count("start_rollback")).toBe(0);
    await fireEvent.click(await screen.findByTestId("confirm-roll-back"));
    await waitFor(() =>
      expect(given(fake, "start_rollback")).toEqual({ environment: "production", tag: "v2.3.1", reason: "" }),
    );
  });
});

describe("the people of a rollback", () => {
  it("are shown with what was sent and what waits, and lead into the room", async () => {
    await openWindow("running");
    await fireEvent.click(await screen.findByTestId("watch"));
    const people = await screen.findByTestId("people");
    expect(people.textContent).toMatch(/sent \d\d:\d\d/);
    expect(people.textContent).toContain("Next update");
    const [review] = within(people).getAllByRole("button", { name: /^Review the update/ });
    await fireEvent.click(review as HTMLElement);
    await screen.findByTestId("incident-room");
  });
});

describe("a computer that slept", () => {
  it("is said until somebody has read it, and everything is asked again at a click", async () => {
    const fake = await openWindow("slept");
    const gap = await screen.findByTestId("gap");
    expect(gap.textContent).toContain("This computer slept for 8 h 4 min.");
    await fireEvent.click(within(gap).getByText("Ask again"));
    expect(fake.count("refresh")).toBe(1);
    expect(screen.queryByTestId("gap")).toBeNull();
  });
});

describe("what lies outside of the window", () => {
  it("is waited for with a word on where to answer, until it has", async () => {
    const fake = await openWindow("keychain-asks");
    const waiting = await screen.findByTestId("waiting");
    expect(waiting.textContent).toContain("Your keychain has not answered yet.");
    fake.notify({ kind: "waiting", waiting: null });
    await waitFor(() => expect(screen.queryByTestId("waiting")).toBeNull());
  });

  it("is told apart from what was never there: older deployments that were not read", async () => {
    await openWindow("history-cut");
    expect(await screen.findByText(/Only the newest 1.000 deployments were read/)).toBeTruthy();
    expect(await screen.findByText(/Only 10.000 of GitHub's releases were read/)).toBeTruthy();
  });

  it("is not guessed: which release a run deployed whose title names none", async () => {
    await openWindow("release-untold");
    const live = await screen.findByTestId("hero-live");
    expect(live.textContent).toContain("main@1f0c2d3");
    expect(live.textContent).toContain("its title names no release");
    expect(live.textContent).not.toContain("No tag of this repository has this version");
  });
});

describe("deploys while an environment is held", () => {
  it("are made to refuse by a pull request, once, or by a step to paste", async () => {
    const fake = await openWindow("usual");
    await goTo("Settings");
    const [production, staging] = await screen.findAllByTestId("guard");
    const offer = within(production as HTMLElement).getByText("Open a pull request");
    await Promise.all([fireEvent.click(offer), fireEvent.click(offer)]);
    await waitFor(() => expect(production?.textContent).toContain("Pull request 431 was opened."));
    expect(fake.count("offer_guard")).toBe(1);
    await fireEvent.click(within(production as HTMLElement).getByText("Open it"));
    expect(given(fake, "open_link")).toEqual({ url: "https://github.com/acme/connectias/pull/431" });
    await fireEvent.click(within(staging as HTMLElement).getByText("Open a pull request"));
    const step = await within(staging as HTMLElement).findByLabelText("The step for staging");
    expect(step.textContent).toContain("Refuse while the environment is held");
  });
});
