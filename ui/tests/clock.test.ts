import { describe, expect, it } from "vitest";
import { timeToType, typedTime } from "../src/words/clock";

const now = new Date(2026, 10, 23, 14, 44).getTime();
const at = (...parts: [number, number, number, number, number]) => new Date(...parts).toISOString();

describe("a time that is typed", () => {
  it("is today's, or yesterday's where it would lie ahead", () => {
    expect(typedTime("14:02", now)).toBe(at(2026, 10, 23, 14, 2));
    expect(typedTime("23:50", now)).toBe(at(2026, 10, 22, 23, 50));
  });

  it("may name its day", () => {
    expect(typedTime("2026-11-20 9:05", now)).toBe(at(2026, 10, 20, 9, 5));
  });

  it("is none where it cannot be one", () => {
    for (const words of ["", "soon", "25:00", "14:60", "2026-02-31 10:00", "14"])
      expect(typedTime(words, now)).toBeNull();
  });

  it("reads back as it is shown", () => {
    for (const time of [at(2026, 10, 23, 14, 2), at(2026, 9, 1, 0, 7)])
      expect(typedTime(timeToType(time, now), now)).toBe(time);
    expect(timeToType(null, now)).toBe("");
  });
});
