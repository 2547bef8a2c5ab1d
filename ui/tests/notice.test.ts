import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

const DOCUMENT = readFileSync(join(__dirname, "../../docs/in-app-notice.md"), "utf8");
const NOTICE = {
  version: 1,
  active: true,
  title: "Sign-in <img src=x onerror=alert(1)> fails",
  text: "We are working on it. <script>alert(2)</script>",
  links: [{ text: "See the current state", url: "https://status.acme.example" }],
};

/** The snippet as it stands in the documentation, in a page of its own. */
async function shown(answer: () => Promise<unknown>): Promise<HTMLElement> {
  const snippet = /```html\n([\s\S]*?)```/.exec(DOCUMENT)?.[1] ?? "";
  expect(snippet.trim().split("\n").length).toBeLessThanOrEqual(20);
  document.body.innerHTML = snippet.replace(/<script>[\s\S]*<\/script>/, "");
  const script = /<script>([\s\S]*)<\/script>/.exec(snippet)?.[1] ?? "";
  vi.stubGlobal("fetch", vi.fn(answer));
  new Function(script)();
  await vi.advanceTimersByTimeAsync(1);
  return document.getElementById("notice") as HTMLElement;
}

const json = (body: unknown) => async () => ({ ok: true, json: async () => body });

describe("the snippet of the in-app notice", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it("shows a notice as text, whatever it says", async () => {
    const place = await shown(json(NOTICE));
    expect(place.hidden).toBe(false);
    expect(place.querySelector("img, script")).toBeNull();
    expect(place.textContent).toContain(NOTICE.title);
    expect(place.querySelector("a")?.getAttribute("href")).toBe("https://status.acme.example");
  });

  it("takes it away when it is over, and shows nothing where there is none", async () => {
    expect((await shown(json({ ...NOTICE, active: false }))).hidden).toBe(true);
    expect((await shown(async () => ({ ok: false, json: async () => ({}) }))).hidden).toBe(true);
    expect((await shown(async () => Promise.reject(new Error("offline")))).hidden).toBe(true);
  });

  it("looks again each minute", async () => {
    await shown(json(NOTICE));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(fetch).toHaveBeenCalledTimes(2);
  });
});
