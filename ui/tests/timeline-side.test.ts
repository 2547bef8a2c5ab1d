import { fireEvent, render, screen, waitFor } from "@testing-library/svelte";
import { describe, expect, it } from "vitest";
import TimelineSide from "../src/components/postmortem/TimelineSide.svelte";
import type { LineChange } from "../src/ipc/generated/LineChange";

/** Answers when it is told to. */
function side() {
  const asked: { change: LineChange; answer: (done: boolean) => void }[] = [];
  render(TimelineSide, {
    lines: [],
    at: "2026-11-22T14:00:00Z",
    onchange: (change: LineChange) => new Promise<boolean>((answer) => asked.push({ change, answer })),
    onevidence: () => undefined,
    onlink: () => undefined,
  });
  return asked;
}

const press = async (name: string) => fireEvent.click(await screen.findByRole("button", { name }));

describe("lines that are added by hand", () => {
  it("sends a line once, however often Enter is pressed", async () => {
    const asked = side();
    await press("Add…");
    await fireEvent.input(await screen.findByLabelText("What happened"), { target: { value: "It broke" } });
    const form = document.querySelector<HTMLFormElement>("#add-line");
    if (!form) throw new Error("no form");
    await fireEvent.submit(form);
    await fireEvent.submit(form);
    expect(asked).toHaveLength(1);
    asked[0]?.answer(true);
    await waitFor(() => expect(screen.queryByLabelText("What happened")).toBeNull());
  });

  it("sends a chat once, and a late answer closes no other dialog", async () => {
    const asked = side();
    await press("Paste…");
    await fireEvent.input(await screen.findByLabelText("Chat or log"), { target: { value: "14:05 red" } });
    await press("Take the lines");
    await press("Take the lines");
    expect(asked).toHaveLength(1);
    await press("Cancel");
    await waitFor(() => expect(screen.queryByLabelText("Chat or log")).toBeNull());
    await press("Paste…");
    const field = await screen.findByLabelText<HTMLTextAreaElement>("Chat or log");
    asked[0]?.answer(true);
    await waitFor(() => expect(field.value, "what was taken is not offered again").toBe(""));
    expect(screen.queryByLabelText("Chat or log")).not.toBeNull();
  });
});
