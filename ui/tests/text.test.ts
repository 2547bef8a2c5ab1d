import { describe, expect, it } from "vitest";
import { plain, prose } from "../src/words/text";
import { compareVersions } from "../src/words/version";

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
  const sorted = (...versions: (string | null)[]) =>
    versions
      .map((version) => ({ version, tag: `v${version}` }))
      .sort(compareVersions)
      .map(({ version }) => version);

  it("compares numbers as numbers", () => {
    expect(sorted("1.10.0", "1.9.3", "1.9.10")).toEqual(["1.9.3", "1.9.10", "1.10.0"]);
  });

  it("puts pre-releases before their release, by number", () => {
    expect(sorted("2.5.0", "2.5.0-rc.10", "2.5.0-rc.2", "2.5.0-beta")).toEqual([
      "2.5.0-beta",
      "2.5.0-rc.2",
      "2.5.0-rc.10",
      "2.5.0",
    ]);
  });

  it("puts what has no version first and ignores build numbers", () => {
    expect(sorted("1.0.0+build.5", null, "0.9.0")).toEqual([null, "0.9.0", "1.0.0+build.5"]);
  });
});
