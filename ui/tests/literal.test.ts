import { describe, expect, it } from "vitest";
import { literal } from "../src/editor/literal";

describe("words that are written over a value", () => {
  it("stand as they are where nothing reads them as more", () => {
    for (const words of ["about 12 % of requests", "v2.4.0", "[SEV 2] a - b", "it’s 5 * 3"])
      expect(literal(words)).toBe(words);
  });

  it("stand as a quoted value where a template would obey them", () => {
    for (const words of [
      "{{ 7 * 7 }}",
      "{% if x %}",
      "[x](https://evil.example)",
      "**bold**",
      "a `b`",
      "# title",
      "- item",
    ])
      expect(literal(words)).toBe(`{{ ${JSON.stringify(words)} }}`);
    expect(literal("one\ntwo")).toBe('{{ "one\\ntwo" }}');
  });
});
