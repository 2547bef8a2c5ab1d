import { describe, expect, it } from "vitest";
import {
  arcOver,
  barsOf,
  frameOf,
  incidentsOf,
  labelFor,
  place,
  ticksOf,
} from "../src/components/timeline/lanes";
import type { LaneSpan } from "../src/ipc/generated/LaneSpan";

const DAY = 86_400_000;
const NOW = Date.parse("2026-11-22T14:41:00Z");
const FRAME = { from: NOW - 20 * DAY, to: NOW, left: 100, right: 900 };

function span(tag: string, from: number, to: number | null, more: Partial<LaneSpan> = {}): LaneSpan {
  const at = (days: number) => new Date(NOW - days * DAY).toISOString();
  return {
    tag,
    from: at(from),
    to: to === null ? null : at(to),
    tone: "good",
    live: to === null,
    lastGood: false,
    rolledBackTo: false,
    ...more,
  };
}

describe("the incidents of the chart", () => {
  const incident = (id: string, from: number, to: number | null) => ({
    id,
    title: id,
    severity: 2,
    from: new Date(NOW - from * DAY).toISOString(),
    to: to === null ? null : new Date(NOW - to * DAY).toISOString(),
  });

  it("lie where they happened, an open one up to now", () => {
    const [over, open] = incidentsOf([incident("over", 10, 8), incident("open", 2, null)], FRAME);
    expect([over?.x, over?.width, over?.label]).toEqual([500, 80, "SEV 2"]);
    expect((open?.x ?? 0) + (open?.width ?? 0)).toBe(FRAME.right);
  });

  it("are wide enough to see, and none is shown that ended before the chart begins", () => {
    const marks = incidentsOf(
      [incident("gone", 40, 30), incident("short", 5, 4.9999), incident("now", 0, null)],
      FRAME,
    );
    expect(marks.map((mark) => mark.incident.id)).toEqual(["short", "now"]);
    for (const mark of marks) {
      expect(mark.width).toBeGreaterThanOrEqual(6);
      expect(mark.x + mark.width).toBeLessThanOrEqual(FRAME.right);
      expect(mark.label).toBe("");
    }
  });
});

describe("the bars of a lane", () => {
  it("lie in order, inside the frame and apart from each other", () => {
    const bars = barsOf([span("v1", 40, 10), span("v2", 10, 5), span("v3", 5, null)], FRAME);
    expect(bars.map((bar) => bar.span.tag)).toEqual(["v1", "v2", "v3"]);
    expect(bars[0]?.x).toBe(FRAME.left);
    bars.reduce((before, bar) => {
      expect(bar.x).toBeGreaterThanOrEqual(before.x + before.width + 2);
      return bar;
    });
    const last = bars.at(-1);
    expect((last?.x ?? 0) + (last?.width ?? 0)).toBe(FRAME.right);
  });

  it("keep a release that went live a minute ago wide enough to see", () => {
    const bars = barsOf([span("v1", 10, 0.0007), span("v2", 0.0007, null)], FRAME);
    expect(bars[1]?.width).toBeGreaterThanOrEqual(20);
    expect(bars[0]?.width).toBeGreaterThan(300);
  });

  it("never leave the frame, however many deployments there were", () => {
    const many = Array.from({ length: 5000 }, (_, index) =>
      span(`v${index}`, (5000 - index) / 250, index === 4999 ? null : (4999 - index) / 250),
    );
    const bars = barsOf(many, FRAME);
    expect(bars.length).toBeLessThan(400);
    for (const bar of bars) expect(bar.x).toBeGreaterThanOrEqual(FRAME.left);
  });

  it("are none for a lane that ended before the frame begins", () => {
    expect(barsOf([span("v1", 60, 50)], FRAME)).toEqual([]);
  });
});

describe("a label", () => {
  it("is the longest that fits", () => {
    const good = span("v2.4.0", 9, 1, { lastGood: true });
    expect([labelFor(good, 300), labelFor(good, 60), labelFor(good, 48), labelFor(good, 20)]).toEqual([
      "v2.4.0 · last good",
      "v2.4.0",
      "2.4.0",
      "",
    ]);
  });

  it("of an endless tag is cut, not squeezed", () => {
    expect(labelFor(span(`v${"9".repeat(250)}`, 9, 1), 100)).toMatch(/^9{12}…$/);
  });
});

describe("the frame", () => {
  const daysBack = (...lanes: LaneSpan[][]) => (NOW - frameOf(lanes, NOW, 0, 800).from) / DAY;
  const daily = Array.from({ length: 30 }, (_, index) =>
    span(`v${index}`, 30 - index, index === 29 ? null : 29 - index),
  );

  it("shows the latest six changes of the busiest environment", () => {
    expect(daysBack(daily)).toBe(6);
    expect(daysBack(daily, [span("v1", 900, 800), span("v2", 3, null)])).toBe(6);
  });

  it("shows what is live or last good elsewhere too, up to three weeks back", () => {
    expect(daysBack(daily, [span("v1", 9, null)])).toBe(9);
    expect(daysBack(daily, [span("v1", 12, 2, { lastGood: true }), span("v2", 2, null)])).toBe(12);
    expect(daysBack(daily, [span("v1", 900, null)])).toBe(21);
  });

  it("reaches as far back as a quiet repository does, and no further than a young one", () => {
    expect(daysBack([span("v1", 90, 60), span("v2", 60, null)])).toBe(90);
    expect(daysBack([span("v1", 2, null)])).toBe(2);
  });

  it("places times outside of it at its ends", () => {
    expect([place(0, FRAME), place(NOW + DAY, FRAME), place(NOW - 10 * DAY, FRAME)]).toEqual([100, 900, 500]);
  });
});

describe("the ticks", () => {
  it("fall on midnights and stay legible", () => {
    const ticks = ticksOf(FRAME);
    expect(ticks.length).toBeGreaterThan(3);
    ticks.reduce((before, tick) => {
      expect(tick.x - before.x).toBeGreaterThan(60);
      return tick;
    });
    expect(ticks[0]?.label).toMatch(/^\d+ Nov$/);
  });

  it("are hours when the frame is short", () => {
    expect(ticksOf({ ...FRAME, from: NOW - DAY / 4 }).map((tick) => tick.label)).toContain("12:00");
  });

  it("are few for ten years", () => {
    expect(ticksOf({ ...FRAME, from: NOW - 3650 * DAY }).length).toBeLessThan(12);
  });
});

it("the arc of a rollback goes from right to left over the bad bar", () => {
  const over = (width: number) =>
    arcOver({ x: 200, width, label: "", inset: 0, span: span("v1", 2, 1) }, 20).path;
  expect(over(40)).toMatch(/^M238 20C.* 202 19$/);
  expect(over(4), "still an arc over a sliver").toMatch(/^M211 20C.* 193 19$/);
});
