import { type DropEvent, host } from "./backend";

export type { DropEvent };

/** Listens for folders dragged onto the window. Returns the way to stop listening. */
export function onDrop(receive: (event: DropEvent) => void): () => void {
  let stop: (() => void) | null = null;
  let stopped = false;
  host()
    .onDrop(receive)
    .then((end) => {
      if (stopped) end();
      else stop = end;
    })
    // A window that may not listen for drops still has the button and the palette.
    .catch(() => undefined);
  return () => {
    stopped = true;
    stop?.();
  };
}
