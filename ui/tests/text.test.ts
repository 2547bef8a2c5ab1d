import { describe, expect, it } from "vitest";
import { plain, prose } from "../src/words/text";
import { newestVersionFirst } from "../src/words/version";
import table from "./version-order.json";

describe("text from outside", () => {
  it("shows characters that reverse what a reader sees", () => {
    expect(plain("v2.4.0\u202e1.4.2v")).toBe("v2.4.0⟨U+202E⟩1.4.2v");
    expect(plain("\u2066a\u2069\u200f")).toBe("⟨U+2066⟩a⟨U+2069⟩⟨U+200F⟩");
  });

  it("shows controls, zero-width spaces and tag characters", () => {
    expect(plain("a\u0000b\u001b[31m\u007f")).toBe("a␀b␛[31m␡");
    expect(plain("v1\u200b.0\ufeff")).toBe("v1⟨U+200B⟩.0⟨U+FEFF⟩");
    expect(plain("x\u{e0041}")).toBe("x⟨U+E0041⟩");
  });

  it("leaves ordinary scripts and joined emoji alone", () => {
    for (const text of ["v2.4.0-שלום", "Größe ändern", "👩‍🚒", "日本語"]) expect(plain(text)).toBe(text);
  });

  it("keeps its lines when it is prose", () => {
    expect(prose("a\r\n\tb\u202e")).toBe("a\n\tb⟨U+202E⟩");
  });
});

describe("the order of versions", () => {
  it("is the one of the host", () => {
    const rows = table.map(({ tag, version, second }) => ({
      tag,
      version,
      date: second === null ? null : new Date(second * 1000).toISOString(),
    }));
    const mixed = rows.toReversed().sort((one, other) => one.tag.length - other.tag.length);
    expect(mixed.sort(newestVersionFirst)).toEqual(rows);
  });
});
