import { fireEvent, render, screen } from "@testing-library/svelte";
import { describe, expect, it, vi } from "vitest";
import PaperField from "../src/components/postmortem/PaperField.svelte";

vi.mock("../src/editor/markdown", () => ({
  mountPaper: () => {
    throw new Error("no editor");
  },
}));

describe("the field where there is no editor", () => {
  it("shows a text that was given anew, and lets stand what is typed", async () => {
    let text = "first";
    const given = {
      text: () => text,
      undo: () => null,
      facts: [],
      hints: [],
      onchange: (read: () => string) => {
        text = read();
      },
      oneditor: () => undefined,
    };
    const { rerender } = render(PaperField, { ...given, given: 0 });
    const field = await screen.findByLabelText<HTMLTextAreaElement>("Post-mortem, in Markdown");
    expect(field.value).toBe("first");
    await fireEvent.input(field, { target: { value: "first and more" } });
    expect(text).toBe("first and more");
    expect(field.value).toBe("first and more");
    text = "first";
    await rerender({ given: 1 });
    expect(field.value).toBe("first");
  });
});
