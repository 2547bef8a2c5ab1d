import { fireEvent, render, screen } from "@testing-library/svelte";
import { describe, expect, it } from "vitest";
import Approval from "../src/components/rollback/Approval.svelte";
import { openWindow } from "./kit";

async function watchRollback(scenario: "waiting" | "waiting-for-others" | "waiting-for-a-timer" | "running") {
  const fake = await openWindow(scenario);
  await fireEvent.click(await screen.findByTestId("watch"));
  await screen.findByTestId("rollback-screen");
  return fake;
}

describe("a run that waits for an approval", () => {
  it("names who may approve, and is approved from here with a comment", async () => {
    const fake = await watchRollback("waiting");
    const row = await screen.findByTestId("approval-of");
    expect(row.textContent).toContain("platform-lead or on-call-lead may approve. You are one of them.");
    await fireEvent.input(screen.getByLabelText("Comment"), { target: { value: "checkout fails" } });
    await fireEvent.click(screen.getByTestId("approve"));
    await screen.findByText("Run 19482201 is approved for production");
    expect(fake.count("decide_run")).toBe(1);
    expect(fake.calls.find((call) => call.name === "decide_run")?.given).toEqual({
      id: "rollback-1",
      environment: "production",
      approve: true,
      comment: "checkout fails",
    });
    await expect.poll(() => screen.queryByTestId("approval")).toBeNull();
  });

  it("names nobody where GitHub names nobody, and says whether it may be approved from here", () => {
    for (const [canApprove, says] of [
      [true, "You may approve."],
      [false, "You may not approve;"],
    ] as const) {
      const approvals = [{ environment: "production", reviewers: [], waitMinutes: 0, canApprove }];
      const given = { approvals, trouble: null, deciding: false, ondecide: () => {}, onask: () => {} };
      const { unmount } = render(Approval, given);
      const told = screen.getByTestId("approval-of").textContent;
      expect(told).toContain(`Nobody is named as reviewer. ${says}`);
      expect(told).not.toContain("one of them");
      unmount();
    }
  });

  it("says that somebody else is asked, and offers nothing that GitHub would refuse", async () => {
    await watchRollback("waiting-for-others");
    expect((await screen.findByTestId("approval-of")).textContent).toContain("You are not one of them");
    expect(screen.queryByTestId("approve")).toBeNull();
  });

  it("says why a decision was not taken, and keeps the row", async () => {
    const fake = await watchRollback("waiting");
    await screen.findByTestId("approval-of");
    fake.refuse(
      "decide_run",
      "token_too_weak",
      "GitHub takes approvals from no token of a GitHub App.",
      "Sign in as yourself.",
    );
    await fireEvent.click(screen.getByTestId("reject"));
    await fireEvent.click(await screen.findByTestId("confirm-reject"));
    await screen.findByText("GitHub takes approvals from no token of a GitHub App.");
    expect(screen.getByTestId("approval-of")).toBeTruthy();
  });

  it("is rejected only once it was said what that does", async () => {
    const fake = await watchRollback("waiting");
    await screen.findByTestId("approval-of");
    await fireEvent.click(screen.getByRole("button", { name: "Reject…" }));
    await screen.findByText(
      /The run fails, and this ends as failed\. The hold on production stays until it expires/,
    );
    expect(fake.count("decide_run")).toBe(0);
    await fireEvent.click(screen.getByTestId("confirm-reject"));
    expect(fake.calls.find((call) => call.name === "decide_run")?.given).toMatchObject({
      environment: "production",
      approve: false,
    });
  });

  it("that is only a timer asks nobody", async () => {
    await watchRollback("waiting-for-a-timer");
    const row = await screen.findByTestId("approval-of");
    expect(row.textContent).toContain("Waits for its timer of 10 min; nobody needs to approve.");
    expect(row.textContent).not.toContain("You are not one of them");
    expect(screen.getByTestId("approval").textContent).not.toContain("approval");
    expect(screen.queryByTestId("approve")).toBeNull();
  });

  it("takes a comment for each environment", async () => {
    const decided: unknown[] = [];
    const approvals = ["production", "staging"].map((environment) => ({
      environment,
      reviewers: ["platform-lead"],
      canApprove: true,
      waitMinutes: 0,
    }));
    const ondecide = (...given: unknown[]) => void decided.push(given);
    render(Approval, { approvals, trouble: null, deciding: false, ondecide, onask: () => undefined });
    const [first] = screen.getAllByLabelText("Comment");
    if (first) await fireEvent.input(first, { target: { value: "only production" } });
    for (const button of screen.getAllByTestId("approve")) await fireEvent.click(button);
    expect(decided).toEqual([
      ["production", true, "only production"],
      ["staging", true, ""],
    ]);
  });
});

describe("the deploy", () => {
  it("is stopped only after it was asked once more", async () => {
    const fake = await watchRollback("running");
    await fireEvent.click(screen.getByText("Stop the deploy…"));
    expect(fake.count("cancel_run")).toBe(0);
    await fireEvent.click(await screen.findByTestId("cancel-run"));
    await screen.findByText("Run 19482201 is being cancelled");
    expect(fake.count("cancel_run")).toBe(1);
  });
});
