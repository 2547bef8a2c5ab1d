import { readFileSync } from "node:fs";
import { cleanup, render, screen } from "@testing-library/svelte";
import axe from "axe-core";
import { describe, expect, it } from "vitest";
import Preview from "../src/components/preview/Preview.svelte";
import type { PreviewBlock } from "../src/ipc/generated/PreviewBlock";
import type { PreviewView } from "../src/ipc/generated/PreviewView";

/** It looks at some hundred elements, on a machine that may be busy. */
const AXE_WITHIN = 60_000;

const NOW = Date.parse("2026-11-23T14:44:00Z");

function blocks(words: string): PreviewBlock[] {
  return [
    { kind: "section", text: [{ text: words, style: "plain" }] },
    { kind: "facts", facts: [{ title: "Impact", value: [{ text: "Impact", style: "gap" }] }] },
    { kind: "list", items: [[{ text: words, style: "strong" }]] },
    { kind: "buttons", buttons: [{ title: "Open run", url: "https://run.example" }] },
  ];
}

/** Every look there is, with these words in it. */
function looks(words: string): PreviewView[] {
  const body = blocks(words);
  return [
    {
      kind: "slack",
      sender: "Lastgood",
      blocks: [{ kind: "header", text: [{ text: words, style: "plain" }] }, ...body],
    },
    { kind: "teams", sender: "Lastgood", blocks: body },
    {
      kind: "email",
      from: "a@acme.example",
      to: words,
      subject: words,
      html: `<p>${escaped(words)}</p>`,
      text: words,
    },
    {
      kind: "status_page",
      page: "page1",
      title: words,
      stage: "monitoring",
      blocks: body,
      components: [{ name: words, state: "affected", tone: "warn" }],
    },
    {
      kind: "ticket",
      repository: "acme/shop",
      title: words,
      heading: words,
      issue: null,
      labels: ["incident"],
      closes: false,
      blocks: body,
    },
    {
      kind: "ticket",
      repository: "acme/shop",
      title: words,
      heading: words,
      issue: "12",
      labels: [],
      closes: true,
      blocks: body,
    },
    {
      kind: "notice",
      title: words,
      text: words,
      stage: "identified",
      active: true,
      links: [{ title: words, url: "https://status.example" }],
    },
    { kind: "notice", title: words, text: words, stage: "resolved", active: false, links: [] },
    {
      kind: "release_notes",
      repository: "acme/shop",
      release: "The release that was left",
      title: words,
      blocks: body,
    },
    { kind: "event", summary: words, source: words, severity: "error", resolves: false, text: words },
    { kind: "event", summary: words, source: words, severity: "error", resolves: true, text: "" },
    { kind: "document", text: JSON.stringify({ title: words, text: words }, null, 2) },
  ];
}

describe("previews", () => {
  for (const [name, words] of [
    ["a few words", "Plugins fail"],
    ["a long text", "word ".repeat(2_000)],
    ["one long word", "x".repeat(5_000)],
    ["markup", '<img src=x onerror="alert(1)"> <!channel> [a](https://evil.example)'],
  ] as const) {
    it(
      `have no fault that axe finds, with ${name}`,
      async () => {
        const all = looks(words);
        for (const preview of all) render(Preview, { preview, now: NOW });
        const shown = screen.getAllByTestId("preview");
        expect(shown.map((one) => one.dataset.kind)).toEqual(all.map((one) => one.kind));
        expect(document.body.querySelector("img")).toBeNull();
        // jsdom lays nothing out: contrasts are looked at below, and in the real window.
        const { violations } = await axe.run(document.body, {
          runOnly: ["wcag2a", "wcag2aa", "wcag21aa"],
          rules: { "color-contrast": { enabled: false } },
        });
        expect(violations.map((one) => one.id)).toEqual([]);
      },
      AXE_WITHIN,
    );
  }

  it("show an issue that is opened, and a comment on the one that is there", () => {
    const [opened, comment] = looks("Plugins fail").filter((one) => one.kind === "ticket");
    for (const [preview, words] of [
      [opened, "You opened it at"],
      [comment, "You commented at"],
    ] as const) {
      if (preview) render(Preview, { preview, now: NOW });
      expect(screen.getByTestId("preview").textContent?.replace(/\s+/g, " ")).toContain(words);
      cleanup();
    }
  });

  it("show a notice that is over as nothing", () => {
    const over = looks("Plugins fail").find((one) => one.kind === "notice" && !one.active);
    if (over) render(Preview, { preview: over, now: NOW });
    expect(screen.getByTestId("preview").textContent).toContain("Nothing is shown any more");
    expect(screen.queryByText("Plugins fail")).toBeNull();
  });

  it("can be read in either theme", () => {
    for (const name of ["Ticket", "ReleaseNotes", "Notice"]) {
      const source = readFileSync(`src/components/preview/${name}Preview.svelte`, "utf8");
      const [dark = "", light = ""] = source.split("@media (prefers-color-scheme: light)");
      for (const theme of [dark, `${light}`]) {
        const colour = (variable: string) => new RegExp(`${variable}: (#[0-9a-f]+);`).exec(theme)?.[1];
        const ground = colour("--banner") ?? colour("--ground") ?? "";
        for (const variable of ["--words", "--faint", "--preview-link", "--link"]) {
          const found = colour(variable);
          if (found) expect(contrast(found, ground), `${name} ${variable}`).toBeGreaterThan(4.5);
        }
      }
    }
  });
});

/** https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio */
function contrast(one: string, other: string): number {
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return ((light ?? 0) + 0.05) / ((dark ?? 0) + 0.05);
}

function luminance(colour: string): number {
  const hex = colour.length === 4 ? colour.replace(/[0-9a-f]/g, "$&$&") : colour;
  const [red = 0, green = 0, blue = 0] = [1, 3, 5]
    .map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** As the renderer writes it. */
function escaped(text: string): string {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
}
