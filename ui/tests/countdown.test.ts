import { fireEvent, screen } from "@testing-library/svelte";
import { describe, expect, it } from "vitest";
import { goTo, openWindow } from "./kit";

async function choose(title: string) {
  await goTo("Settings");
  await screen.findByTestId("countdown-choice");
  await fireEvent.click(screen.getByLabelText(new RegExp(title)));
  await goTo("Timeline");
  await screen.findByTestId("timeline");
}

describe("the countdown", () => {
  it("can be left out, which the button says", async () => {
    const fake = await openWindow("usual");
    await choose("No countdown");
    expect(fake.count("choose_countdown")).toBe(1);
    await screen.findByText("Acts at once. There is no countdown.");
  });

  it("can be a question instead: the button asks once, then acts", async () => {
    const fake = await openWindow("usual");
    await choose("Ask me first");
    await screen.findByText("Asks first, then acts at once.");
    expect((await screen.findByTestId("roll-back")).textContent).toContain("Roll back to v2.4.0…");
    expect(screen.getByRole("button", { name: "Roll back to this release…" })).toBeTruthy();
    await fireEvent.click(await screen.findByTestId("roll-back"));
    await screen.findByText(/It is armed/);
    expect(fake.count("start_rollback")).toBe(0);
    await fireEvent.click(screen.getByTestId("confirm-roll-back"));
    await screen.findByTestId("rollback-screen");
    expect(fake.count("start_rollback")).toBe(1);
  });
});
