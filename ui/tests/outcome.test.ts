import { fireEvent, render, screen, within } from "@testing-library/svelte";
import { describe, expect, it } from "vitest";
import Choices from "../src/components/rollback/Choices.svelte";
import RunHead from "../src/components/rollback/RunHead.svelte";
import { rollbackAt } from "../src/ipc/fake/rollback";
import type { ScenarioName } from "../src/ipc/fake/scenarios";
import { goTo, openWindow } from "./kit";

async function watch(scenario: ScenarioName) {
  const fake = await openWindow(scenario);
  await goTo("Rollbacks");
  const [line] = await screen.findAllByText("v2.4.1");
  if (!line) throw new Error("a rollback from v2.4.1 is listed");
  await fireEvent.click(line);
  await screen.findByTestId("rollback-screen");
  return fake;
}

describe("the end of a rollback", () => {
  it("claims a proof only where there was one", async () => {
    await watch("not-proved");
    const outcome = await screen.findByTestId("outcome");
    expect(within(outcome).getByRole("heading").textContent).toBe("Deployed, not proved");
    expect(outcome.className).toContain("warn");
    expect(outcome.textContent).toContain("nothing proved that it is live");
    expect(screen.queryByLabelText("Proofs", { selector: "[data-testid=outcome] ul" })).toBeNull();
    expect(screen.queryByText("Succeeded", { selector: ".top *" })).toBeNull();
    await goTo("Rollbacks");
    await screen.findByText("Not proved");
  });

  it("says that it is proved, and by what", async () => {
    await watch("succeeded");
    const outcome = await screen.findByTestId("outcome");
    expect(within(outcome).getByRole("heading").textContent).toBe("Rolled back and proved");
    expect(outcome.className).toContain("good");
    expect(within(outcome).getByText("Health: healthy 3 times in a row")).toBeTruthy();
  });

  it("for somebody else's hold leads to breaking it, and keeps the reason until it is broken", async () => {
    const fake = await watch("held");
    const outcome = await screen.findByTestId("outcome");
    expect(outcome.textContent).toContain("Ask @on-call-lead to lift it, or break it with a reason.");
    expect(screen.getByText("No run was started.")).toBeTruthy();
    await fireEvent.click(within(outcome).getByRole("button", { name: "Break the hold…" }));
    const field = await screen.findByLabelText("Reason");
    await fireEvent.input(field, { target: { value: "Customers cannot pay" } });
    fake.refuse("break_hold", "remote_unreachable", "The remote does not answer.");
    await fireEvent.click(screen.getByRole("button", { name: "Break the hold" }));
    await screen.findByText("The remote does not answer.");
    expect((screen.getByLabelText("Reason") as HTMLInputElement).value).toBe("Customers cannot pay");
    expect(fake.calls.find((call) => call.name === "break_hold")?.given).toEqual({
      environment: "production",
      reason: "Customers cannot pay",
    });
    expect(fake.count("lift_hold")).toBe(0);
  });
});

describe("a rollback that waits for a person", () => {
  const choices = [{ id: "look_again" as const, title: "Go on", sentence: "Takes it up where it stands." }];
  const shown = {
    sentence: "It was begun 3 d ago",
    hint: "Go on, or `give up`.",
    choices,
    asking: null,
    onchoose: () => undefined,
  };

  it("could not tell, or only stood still", () => {
    const { rerender } = render(Choices, { ...shown, stood: false });
    expect(screen.getByRole("heading").textContent).toContain("Could not tell – you decide");
    return rerender({ ...shown, stood: true }).then(() =>
      expect(screen.getByRole("heading").textContent).toContain("It stood still – you decide"),
    );
  });

  it("shows what is typed as such", () => {
    const { container } = render(Choices, { ...shown, stood: true });
    expect(container.querySelector("code")?.textContent).toBe("give up");
  });
});

describe("what it usually takes", () => {
  it("is said with what it was taken from", () => {
    const now = Date.parse("2026-11-22T14:41:00Z");
    const script = {
      id: "r",
      environment: "production",
      from: "v2.4.1",
      to: "v2.4.0",
      reason: "",
      startedAt: now - 9_000,
    };
    const view = rollbackAt({ ...script, ending: "succeeded" }, now);
    const { container, rerender } = render(RunHead, { view, now });
    expect(container.textContent).toContain("left (from 6 rollbacks here)");
    return rerender({ view: { ...view, usuallyFrom: 1 }, now }).then(() =>
      expect(container.textContent).toContain("left (from 1 rollback here)"),
    );
  });
});
