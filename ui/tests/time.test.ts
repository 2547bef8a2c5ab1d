import { describe, expect, it } from "vitest";
import { age, count, duration, figure, moment, running, since, stopwatch } from "../src/words/time";

const NOW = Date.parse("2026-11-22T14:41:00Z");
const earlier = (milliseconds: number) => new Date(NOW - milliseconds).toISOString();
const [SECOND, MINUTE, HOUR, DAY] = [1000, 60_000, 3_600_000, 86_400_000];

describe("the age of a moment", () => {
  it.each([
    [0, "just now"],
    [12 * SECOND, "12 s ago"],
    [59.9 * SECOND, "59 s ago"],
    [38 * MINUTE, "38 min ago"],
    [23.9 * HOUR, "23 h ago"],
    [DAY, "1 day ago"],
    [6.2 * DAY, "6 days ago"],
    [90 * DAY, "2 months ago"],
    [800 * DAY, "2 years ago"],
  ])("of %d ms reads as %s", (elapsed, words) => {
    expect(age(earlier(elapsed), NOW)).toBe(words);
  });

  it("is just now when the other clock runs ahead", () => {
    expect(age(earlier(-5 * MINUTE), NOW)).toBe("just now");
  });

  it("says so when the time is not known", () => {
    expect(age(null, NOW)).toBe("at an unknown time");
    expect(age("yesterday-ish", NOW)).toBe("at an unknown time");
  });
});

describe("a duration", () => {
  it.each([
    [400, "0.4 s"],
    [1800, "1.8 s"],
    [9960, "10 s"],
    [58_000, "58 s"],
    [59_800, "1 min"],
    [110_000, "1 min 50 s"],
    [119_700, "2 min"],
    [HOUR + 5 * MINUTE, "1 h 5 min"],
    [532_800_000, "6 d 4 h"],
    [-40, "< 0.1 s"],
  ])("of %d ms reads as %s", (length, words) => {
    expect(duration(length)).toBe(words);
  });

  it("that still runs shows whole seconds only", () => {
    expect(running(1850)).toBe("1 s");
    expect(running(60_400)).toBe("1 min 0 s");
    expect(running(-3)).toBe("0 s");
  });

  it("on the stopwatch has two digits for seconds", () => {
    expect(stopwatch(65_900)).toBe("1:05");
    expect(stopwatch(3_723_000)).toBe("1:02:03");
  });
});

describe("a moment", () => {
  it("has day, year and time", () => {
    expect(moment("2026-11-16T10:12:00Z")).toBe("16 Nov 2026, 10:12");
    expect(moment(null)).toBe("unknown");
  });

  it("names the day only when it was not today", () => {
    expect(since("2026-11-22T14:02:00Z", NOW)).toBe("since 14:02");
    expect(since("2026-11-21T14:02:00Z", NOW)).toBe("since 21 Nov, 14:02");
  });
});

describe("a figure", () => {
  it("is grouped by three and agrees with its noun", () => {
    expect(figure(4812)).toBe("4\u202f812");
    expect(count(1, "release")).toBe("1 release");
    expect(count(10_000, "release")).toBe("10\u202f000 releases");
  });
});
