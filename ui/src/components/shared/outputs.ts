import { getContext, setContext } from "svelte";

/** Reads all that a command wrote, by its hash. */
export type ReadOutput = (hash: string) => Promise<string>;

const KEY = Symbol("outputs");

export function provideOutputs(read: ReadOutput): void {
  setContext(KEY, read);
}

/** Null outside of a window, where nobody can be asked. */
export function useOutputs(): ReadOutput | null {
  return getContext<ReadOutput | undefined>(KEY) ?? null;
}
