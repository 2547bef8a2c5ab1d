import { fireEvent, screen, waitFor, within } from "@testing-library/svelte";
import axe from "axe-core";
import { describe, expect, it } from "vitest";
import type { Fake } from "../src/ipc/fake";
import { isNewer } from "../src/words/version";
import { goTo, openWindow } from "./kit";

/** From the outcome of a rollback, as people get there. */
async function goUp(change: (fake: Fake) => void = () => undefined): Promise<Fake> {
  const fake = await openWindow("succeeded");
  change(fake);
  await goTo("Rollbacks");
  await fireEvent.click(await screen.findByText("v2.4.1"));
  await press("The way back up…");
  await screen.findByText("Fix branch");
  return fake;
}

const button = (name: string) => screen.findByText(name, { selector: "button" });
const press = async (name: string) => fireEvent.click(await button(name));
const stages = () => screen.getAllByTestId("stage").map((stage) => stage.dataset.phase);

describe("the fix", () => {
  it("has a branch, a checklist and a pull request, and the next thing to do stands out", async () => {
    const fake = await goUp((fake) => {
      fake.wayUp.offered = [];
    });
    const begin = await button("Make the branch");
    expect(begin.className).toContain("primary");
    await fireEvent.click(screen.getByLabelText("v2.4.1, as it was"));
    await fireEvent.click(begin);
    await screen.findByText("fix/health-checks-return-503-since-the-fuel");
    expect(fake.calls.find((call) => call.name === "begin_fix")?.given).toEqual({
      rollback: "rollback-1",
      fromBad: true,
      branch: null,
    });
    await press("Push the branch");
    await screen.findByText("pushed");
    await press("Link it");
    await screen.findByText("Meter fuel once a call");
    expect(document.querySelectorAll("main .btn.primary")).toHaveLength(0);
    expect(screen.getByText(/no newer release yet/)).toBeTruthy();
  });

  it("keeps who ticked an item, and takes a tick back", async () => {
    const fake = await goUp();
    await press("Make the branch");
    const item = await screen.findByLabelText(/a test that fails/);
    await fireEvent.click(item);
    await waitFor(() => expect((item as HTMLInputElement).checked).toBe(true));
    expect(within(item.closest("li") as HTMLElement).getByText("@release-manager")).toBeTruthy();
    await fireEvent.click(item);
    await waitFor(() => expect(fake.wayUp.fix?.items[1]?.doneBy).toBeNull());
    expect(fake.calls.filter((call) => call.name === "check_fix_item").map((call) => call.given)).toEqual([
      { id: "fix-1", item: 1, done: true },
      { id: "fix-1", item: 1, done: false },
    ]);
  });

  it("says why a pull request could not be linked, and keeps what was typed", async () => {
    await goUp();
    await press("Make the branch");
    const field = await screen.findByLabelText("Number or address of the pull request");
    await fireEvent.input(field, { target: { value: "0" } });
    await press("Link it");
    await screen.findByText("GitHub has no pull request #0 here.");
    expect((field as HTMLInputElement).value).toBe("0");
  });
});

describe("the rollout", () => {
  it("that leaves out where the bad release was offers to lift nothing there", async () => {
    const fake = await goUp();
    await fireEvent.click(await screen.findByLabelText(/^At the end, lift the quarantine/));
    const [, production] = await screen.findAllByText("Leave out", { selector: "button" });
    if (production) await fireEvent.click(production);
    await screen.findByText(/^Without production it mends nothing there/);
    expect(screen.queryByLabelText(/^At the end, lift the quarantine/)).toBeNull();
    await press("Begin the rollout");
    await screen.findByTestId("rollout");
    expect(fake.calls.find((call) => call.name === "start_rollout")?.given).toMatchObject({
      given: { liftQuarantine: false, stages: [{ environment: "staging" }] },
    });
  });

  it("goes from stage to stage: deployed, watched, let on by a person, then by itself", async () => {
    const fake = await goUp();
    await press("Begin the rollout");
    await screen.findByTestId("rollout");
    expect(fake.calls.find((call) => call.name === "start_rollout")?.given).toMatchObject({
      given: {
        tag: "v2.4.2",
        rollback: "rollback-1",
        liftQuarantine: false,
        stages: [{ environment: "staging" }, { environment: "production" }],
      },
    });
    fake.advance(100);
    fake.advance(2000);
    await waitFor(() => expect(stages()).toEqual(["soaking", "pending"]));
    fake.advance(300_000);
    await waitFor(() => expect(screen.getByRole("progressbar", { name: "Watched" })).toBeTruthy());
    expect(screen.queryByText("Let it on")).toBeNull();
    fake.advance(300_000);
    const go = await button("Let it on");
    expect(go.className).toContain("primary");
    await fireEvent.click(go);
    await waitFor(() => expect(stages()).toEqual(["passed", "pending"]));
    fake.advance(100);
    fake.advance(2000);
    fake.advance(600_000);
    fake.advance(0);
    await waitFor(() => expect(screen.getByTestId("rollout").dataset.outcome).toBe("succeeded"));
    expect(screen.getByText("The hold of production is lifted")).toBeTruthy();
  });

  it("offers a release that came meanwhile, before the one that was left; what a person picked stays", async () => {
    const fake = await goUp((fake) => {
      fake.wayUp.offered = ["v2.4.1"];
    });
    const pick = await screen.findByLabelText<HTMLSelectElement>("Release");
    expect(pick.value).toBe("v2.4.1");
    fake.wayUp.offered = ["v2.4.3", "v2.4.2", "v2.4.1"];
    fake.notify({ kind: "releases" });
    await waitFor(() => expect(pick.value).toBe("v2.4.3"));
    await fireEvent.change(pick, { target: { value: "v2.4.2" } });
    fake.wayUp.offered = ["v2.4.4", "v2.4.3", "v2.4.2", "v2.4.1"];
    fake.notify({ kind: "releases" });
    await waitFor(() => expect(pick.options).toHaveLength(4));
    expect(pick.value).toBe("v2.4.2");
  });

  it("stops where a stage fails and offers the rollback, which asks for a reason", async () => {
    const fake = await goUp((fake) => {
      fake.wayUp.failing = "staging";
    });
    await press("Begin the rollout");
    fake.advance(100);
    fake.advance(2000);
    await screen.findByText(/staging did not work/);
    expect(stages()).toEqual(["failed", "pending"]);
    await press("Roll back…");
    await fireEvent.input(await screen.findByLabelText("Reason"), { target: { value: "It fails here too" } });
    await press("Roll back");
    await waitFor(() => expect(screen.getByTestId("rollout").dataset.outcome).toBe("rolled_back"));
    expect(fake.calls.find((call) => call.name === "choose_rollout")?.given).toEqual({
      id: "ro-1",
      choice: "roll_back",
      reason: "It fails here too",
    });
  });

  it("is said wherever the person is when it needs them, once", async () => {
    const fake = await goUp((fake) => {
      fake.wayUp.failing = "staging";
    });
    await press("Begin the rollout");
    await goTo("Incidents");
    fake.advance(100);
    fake.advance(2000);
    await screen.findByText(/staging did not work/);
    const { rollout } = fake.wayUp;
    if (rollout) fake.notify({ kind: "rollout", rollout });
    expect(screen.getAllByText(/staging did not work/)).toHaveLength(1);
  });

  it("that nobody drives is taken up on request", async () => {
    const fake = await goUp();
    await press("Begin the rollout");
    await screen.findByTestId("rollout");
    if (fake.wayUp.rollout)
      fake.notify({ kind: "rollout", rollout: { ...fake.wayUp.rollout, sequence: 9, driven: false } });
    await press("Take it up");
    expect(fake.calls.find((call) => call.name === "resume_rollout")?.given).toEqual({ id: "ro-1" });
  });

  it("leaves a stage out, and begins without a reason not at all", async () => {
    const fake = await goUp();
    const [first] = await screen.findAllByText("Leave out", { selector: "button" });
    if (first) await fireEvent.click(first);
    await fireEvent.input(screen.getByLabelText("What it mends or brings"), { target: { value: "" } });
    expect(((await button("Begin the rollout")) as HTMLButtonElement).disabled).toBe(true);
    await fireEvent.input(screen.getByLabelText("What it mends or brings"), {
      target: { value: "The meter" },
    });
    await press("Begin the rollout");
    expect(fake.wayUp.rollout?.stages.map((stage) => stage.environment)).toEqual(["production"]);
  });
});

describe("a newer release", () => {
  const row = (tag: string, version: string | null, date: string, series = "") => ({
    tag,
    version,
    date,
    series,
  });
  const live = row("v2.4.0", "2.4.0", "2026-03-02T00:00:00Z");

  it("is one of the same series, by version where both have one, else by date", () => {
    expect(isNewer(row("v2.4.1", "2.4.1", "2020-01-01T00:00:00Z"), live)).toBe(true);
    expect(isNewer(row("v2.3.9", "2.3.9", "2026-04-01T00:00:00Z"), live)).toBe(false);
    expect(isNewer(row("nightly", null, "2026-04-01T00:00:00Z"), live)).toBe(true);
    expect(isNewer(row("api-v9.0.0", "9.0.0", "2026-04-01T00:00:00Z", "api"), live)).toBe(false);
    expect(isNewer(live, live)).toBe(false);
  });
});

describe("the way back up", () => {
  it("is reached by the keyboard from anywhere, and says what it could not read", async () => {
    const fake = await openWindow("usual");
    fake.refuse("way_up", "journal_broken", "The journal cannot be read.", "Use the newest version.");
    await fireEvent.keyDown(window, { key: "k", ctrlKey: true });
    const palette = within(await screen.findByTestId("palette"));
    await fireEvent.input(palette.getByRole("combobox"), { target: { value: "way back" } });
    await fireEvent.keyDown(palette.getByRole("combobox"), { key: "Enter" });
    await screen.findByText("The journal cannot be read.");
  });

  it("has no fault that axe finds", async () => {
    const fake = await goUp();
    await press("Make the branch");
    await press("Begin the rollout");
    fake.advance(100);
    fake.advance(2000);
    await waitFor(() => expect(stages()[0]).toBe("soaking"));
    const { violations } = await axe.run(screen.getByTestId("way-up"), {
      rules: { "color-contrast": { enabled: false } },
    });
    expect(violations.map((violation) => violation.id)).toEqual([]);
  });
});
