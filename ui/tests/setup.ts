import { vi } from "vitest";

/** jsdom has no layout: every element is as large as a small window, so that lists have something to fill. */
const WIDTH = 900;
const HEIGHT = 460;

class LaidOut implements ResizeObserver {
  #tell: ResizeObserverCallback;

  constructor(tell: ResizeObserverCallback) {
    this.#tell = tell;
  }

  observe(target: Element): void {
    const height = target.querySelector("[role=option]") && !target.matches("[role=listbox]") ? 46 : HEIGHT;
    const contentRect = { width: WIDTH, height } as DOMRectReadOnly;
    queueMicrotask(() => this.#tell([{ target, contentRect } as ResizeObserverEntry], this));
  }

  unobserve(): void {}
  disconnect(): void {}
}

vi.stubGlobal("ResizeObserver", LaidOut);

Object.defineProperties(HTMLElement.prototype, {
  offsetParent: { get: () => document.body, configurable: true },
  offsetWidth: { get: () => WIDTH, configurable: true },
  offsetHeight: { get: () => HEIGHT, configurable: true },
  clientWidth: { get: () => WIDTH, configurable: true },
  clientHeight: { get: () => HEIGHT, configurable: true },
});
Element.prototype.scrollTo = () => undefined;
Element.prototype.scrollIntoView = () => undefined;

// The editor asks where its text is; without layout it is nowhere.
Range.prototype.getClientRects = () => [] as unknown as DOMRectList;
Range.prototype.getBoundingClientRect = () => new DOMRect();
