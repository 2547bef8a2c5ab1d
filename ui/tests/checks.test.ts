import { fireEvent, render, screen, within } from "@testing-library/svelte";
import { describe, expect, it } from "vitest";
import CheckChip from "../src/components/shared/CheckChip.svelte";
import CheckList from "../src/components/shared/CheckList.svelte";
import { useBackend } from "../src/ipc/backend";
import { Fake } from "../src/ipc/fake";
import type { CheckView } from "../src/ipc/generated/CheckView";
import { checkSign } from "../src/words/outcome";
import { openWindow } from "./kit";

const QUARANTINED: CheckView = {
  code: "target.quarantine",
  title: "Not quarantined",
  verdict: "failed",
  policy: "block",
  sentence: "v2.4.0 is quarantined by @on-call: Loses orders.",
  evidence: ["refs/lastgood/quarantine/v2.4.0"],
  milliseconds: 180,
  askedAt: "2026-11-22T14:41:00Z",
  outputs: [],
};

const chip = (check: CheckView) => render(CheckChip, { check }).container.textContent?.trim();

describe("a check", () => {
  it("says by its title that it passed, and by its sentence what else it said", () => {
    expect(chip({ ...QUARANTINED, verdict: "passed" })).toBe("Not quarantined");
    for (const verdict of ["failed", "inconclusive", "errored"] as const)
      expect(chip({ ...QUARANTINED, verdict })).toBe("v2.4.0 is quarantined by @on-call: Loses orders");
  });

  it("says the whole sentence where the chip cuts it", () => {
    render(CheckChip, { check: QUARANTINED });
    const button = screen.getByRole("button");
    expect(button.title).toBe("v2.4.0 is quarantined by @on-call: Loses orders");
    expect(button.getAttribute("aria-label")).toBe(
      "Not quarantined, failed: v2.4.0 is quarantined by @on-call: Loses orders. Show the evidence",
    );
  });

  it("that could not tell is as bad as what it stops, and never the same as a no", () => {
    const unclear = (policy: CheckView["policy"]) => checkSign({ verdict: "inconclusive", policy });
    expect(unclear("block")).toEqual({ tone: "bad", glyph: "question", word: "could not tell, blocks" });
    expect(unclear("warn")).toEqual({ tone: "warn", glyph: "question", word: "could not tell" });
    expect(unclear("info").tone).toBe("neutral");
    expect(checkSign({ verdict: "errored", policy: "block" }).word).toBe("check broke, blocks");
    expect(checkSign({ verdict: "failed", policy: "block" }).glyph).toBe("cross");
  });

  it("in a list shows its sentence, its evidence, its policy, how long it took and when it was asked", () => {
    useBackend(new Fake("usual"));
    const checks = [
      QUARANTINED,
      { ...QUARANTINED, code: "target.exists", title: "Same tag", verdict: "passed" as const },
    ];
    render(CheckList, { checks, label: "Checks" });
    const [no, yes] = screen.getAllByRole("listitem");
    expect(no?.querySelector("summary")?.textContent?.trim()).toBe(
      "v2.4.0 is quarantined by @on-call: Loses orders, failed",
    );
    expect(yes?.querySelector("summary")?.textContent?.trim()).toBe("Same tag, passed");
    for (const item of [no, yes]) expect(item?.textContent).toContain("refs/lastgood/quarantine/v2.4.0");
    expect(no?.textContent).toMatch(/target\.quarantine · policy block · took 0\.2 s · asked \d+ Nov 2026/);
  });
});

describe("the checks that passed", () => {
  it("fold and unfold by one button that keeps the focus", async () => {
    await openWindow("usual");
    const armed = await screen.findByTestId("armed");
    const fold = within(armed).getByRole("button", { name: /checks passed$/ });
    fold.focus();
    expect(fold.getAttribute("aria-expanded")).toBe("false");
    await fireEvent.click(fold);
    expect(fold.getAttribute("aria-expanded")).toBe("true");
    expect(document.activeElement).toBe(fold);
    expect(within(armed).getByText("Ran here before")).toBeTruthy();
    await fireEvent.click(fold);
    expect(within(armed).queryByText("Ran here before")).toBeNull();
    expect(document.activeElement).toBe(fold);
  });
});
