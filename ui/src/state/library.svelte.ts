import { call } from "../ipc/commands";
import { type IpcError, toIpcError } from "../ipc/error";
import type { LibraryView } from "../ipc/generated/LibraryView";

/** All post-mortems, and what was looked for among them. */
export class Library {
  view = $state.raw<LibraryView | null>(null);
  trouble = $state.raw<IpcError | null>(null);
  query = $state("");
  factor = $state<string | null>(null);

  readonly found = $derived(
    (this.view?.postmortems ?? []).filter(
      (one) =>
        (this.factor === null || one.factors.includes(this.factor)) &&
        holdsEveryWord([one.title, one.excerpt, ...one.factors].join(" "), this.query),
    ),
  );

  async load(): Promise<void> {
    try {
      this.view = await call("postmortems");
      this.trouble = null;
    } catch (thrown) {
      this.trouble = toIpcError(thrown);
    }
  }

  clear(): void {
    this.view = null;
    this.trouble = null;
    this.query = "";
    this.factor = null;
  }
}

function holdsEveryWord(where: string, query: string): boolean {
  const text = where.toLowerCase();
  return query
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}
