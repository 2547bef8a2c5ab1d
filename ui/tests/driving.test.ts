import { fireEvent, screen } from "@testing-library/svelte";
import { describe, expect, it } from "vitest";
import { openWindow } from "./kit";

async function watchRollback(scenario: "broken" | "foreign") {
  const fake = await openWindow(scenario);
  await fireEvent.click(await screen.findByTestId("watch"));
  await screen.findByTestId("rollback-screen");
  return fake;
}

describe("a rollback that this window does not drive", () => {
  it("says what broke it off, offers nothing that would not be heard, and tries again once", async () => {
    const fake = await watchRollback("broken");
    expect((await screen.findByTestId("driver")).textContent).toContain("disk is full");
    expect(screen.queryByText("Stop after this step")).toBeNull();
    await fireEvent.click(screen.getByText("Try again"));
    expect(fake.count("take_up_rollback")).toBe(1);
    expect(screen.queryByTestId("driver")).toBeNull();
    expect(screen.getByText("Stop after this step")).toBeTruthy();
  });

  it("says who drives it, and offers no Undo in its countdown", async () => {
    await watchRollback("foreign");
    expect((await screen.findByTestId("driver")).textContent).toContain("another Lastgood on this machine");
    expect(screen.queryByTestId("undo")).toBeNull();
    expect(screen.queryByTestId("take-up")).toBeNull();
  });
});

describe("a rollback of another repository", () => {
  it("keeps its Undo in sight", async () => {
    const fake = await openWindow("usual");
    fake.notify({
      kind: "elsewhere",
      rollbacks: [
        {
          id: "rollback-7",
          repository: "acme/billing-service",
          environment: "production",
          to: "v1.9.0",
          canUndo: true,
          undoUntil: new Date(Date.now() + 4_000).toISOString(),
        },
      ],
    });
    const strip = await screen.findByTestId("elsewhere");
    expect(strip.textContent).toContain("production of acme/billing-service");
    await fireEvent.click(screen.getByText(/^Undo/));
    expect(fake.calls.find((call) => call.name === "undo_rollback")?.given).toEqual({ id: "rollback-7" });
    fake.notify({ kind: "elsewhere", rollbacks: [] });
    await expect.poll(() => screen.queryByTestId("elsewhere")).toBeNull();
  });
});
