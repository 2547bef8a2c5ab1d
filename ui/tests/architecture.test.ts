import { readdirSync, readFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { describe, expect, it } from "vitest";

const SOURCE = resolve(__dirname, "../src");
type Import = { from: string; to: string; typeOnly: boolean };

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.(ts|svelte)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
}

function importsOf(file: string): Import[] {
  const pattern = /(?:^|\s)import\s+(type\s)?[^;"]*?["']([^"']+)["']|import\(["']([^"']+)["']\)/g;
  return [...readFileSync(file, "utf8").matchAll(pattern)].map(([, typeOnly, stated, lazy]) => {
    const name = stated ?? lazy ?? "";
    const to = name.startsWith(".") ? relative(SOURCE, resolve(file, "..", name)) : name;
    return { from: relative(SOURCE, file), to, typeOnly: typeOnly !== undefined };
  });
}

const imports = sources(SOURCE).flatMap(importsOf);
const edges = (from: RegExp, to: RegExp) =>
  imports.filter((one) => from.test(one.from) && to.test(one.to)).map((one) => `${one.from} → ${one.to}`);

describe("the folders of the window", () => {
  it("are seen by this test", () => {
    expect(imports.length).toBeGreaterThan(200);
  });

  it("keep Tauri inside ipc", () => {
    expect(edges(/^(?!ipc\/)/, /^@tauri-apps\//)).toEqual([]);
    expect(edges(/^ipc\//, /^@tauri-apps\//)).not.toEqual([]);
  });

  it("keep the fake out of the window: only connect may load it, in development", () => {
    expect(edges(/^(?!ipc\/(fake|connect))/, /ipc\/fake/)).toEqual([]);
  });

  it("let components take what they are given: no calls, no state of their own", () => {
    const deeds = imports.filter((one) => one.from.startsWith("components/") && !one.typeOnly);
    expect(deeds.filter((one) => /^(ipc|state|views)\//.test(one.to))).toEqual([]);
  });

  it("point downwards: shared knows no feature, words know no component, state knows no view", () => {
    expect(edges(/^components\/shared\//, /^components\/(?!shared\/)/)).toEqual([]);
    expect(edges(/^words\//, /^(components|views|state)\//)).toEqual([]);
    expect(edges(/^state\//, /^(components|views)\//)).toEqual([]);
    expect(edges(/^ipc\//, /^(components|views|state|words)\//)).toEqual([]);
  });
});
