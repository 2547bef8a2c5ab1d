import { fireEvent, screen } from "@testing-library/svelte";
import { describe, expect, it } from "vitest";
import { openWindow } from "./kit";

async function watchRollback(scenario: "running" | "failed") {
  const fake = await openWindow(scenario);
  if (scenario === "failed") await fireEvent.click(screen.getByTitle("Rollbacks"));
  await fireEvent.click(
    scenario === "failed"
      ? await screen.findByText(/Switch traffic”: 1 of 3/)
      : await screen.findByTestId("watch"),
  );
  await screen.findByTestId("rollback-screen");
  return fake;
}

describe("the deploy log", () => {
  it("shows the steps while the run is under way, and what a job wrote when that has ended", async () => {
    const fake = await watchRollback("running");
    expect(screen.getByText("waiting for 2 of 3 instances")).toBeTruthy();
    expect(fake.count("job_log")).toBe(0);
    await fireEvent.click(screen.getByLabelText("fetch build, succeeded"));
    await screen.findByText("token [redacted]");
    expect(screen.getByText("Earlier lines are on the run's page.")).toBeTruthy();
    await fireEvent.click(screen.getByText("Steps"));
    await fireEvent.click(screen.getByLabelText("fetch build, succeeded"));
    expect(fake.count("job_log")).toBe(1);
  });

  it("says why a log cannot be read, and asks again", async () => {
    const fake = await watchRollback("running");
    fake.refuse("job_log", "not_on_github", "GitHub has no log of this job.", "It comes some seconds later.");
    await fireEvent.click(screen.getByLabelText("fetch build, succeeded"));
    await screen.findByText("GitHub has no log of this job.");
    await fireEvent.click(screen.getByText("Try again"));
    expect(fake.count("job_log")).toBe(2);
  });

  it("opens with the log of the job that failed", async () => {
    const fake = await watchRollback("failed");
    await screen.findByText("1 of 3 instances did not start");
    expect(fake.calls.find((call) => call.name === "job_log")?.given).toEqual({ id: "rollback-1", job: 2 });
  });
});
