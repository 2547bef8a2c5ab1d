import type { Answer, Arguments, CommandName } from "./commands";
import type { Notice } from "./generated/Notice";

export type DropEvent = { kind: "over" } | { kind: "left" } | { kind: "dropped"; paths: string[] };

/** What stands on the other side of the window: the desktop app, or a fake in tests and in a plain browser. */
export interface Backend {
  call<Name extends CommandName>(name: Name, given: Arguments<Name>): Promise<Answer<Name>>;
  watch(receive: (notice: Notice) => void): Promise<void>;
  onDrop(receive: (event: DropEvent) => void): Promise<() => void>;
}

let current: Backend | null = null;

export function useBackend(backend: Backend): void {
  current = backend;
}

export function host(): Backend {
  if (!current) throw new Error("No host is connected to this window.");
  return current;
}
