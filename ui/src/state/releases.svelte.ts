import { call } from "../ipc/commands";
import { type IpcError, toIpcError } from "../ipc/error";
import type { ReleaseDetail } from "../ipc/generated/ReleaseDetail";
import type { ReleaseRow } from "../ipc/generated/ReleaseRow";
import { newestVersionFirst } from "../words/version";

export type SortOrder = "date" | "version";

/** All releases of the repository, what of them is shown, and the one that is looked at. */
export class Releases {
  all = $state.raw<ReleaseRow[] | null>(null);
  trouble = $state.raw<IpcError | null>(null);
  series = $state<string | null>(null);
  sort = $state<SortOrder>("date");
  selected = $state<string | null>(null);
  detail = $state.raw<ReleaseDetail | null>(null);
  detailTrouble = $state.raw<IpcError | null>(null);

  readonly byTag = $derived(new Map((this.all ?? []).map((row) => [row.tag, row])));
  readonly allSeries = $derived([...new Set((this.all ?? []).map((row) => row.series))].sort());
  readonly shown = $derived(this.#arrange());
  readonly selectedRow = $derived(this.selected === null ? null : (this.byTag.get(this.selected) ?? null));

  #listAsked = 0;
  #detailAsked = 0;
  #detailOf: string | null = null;

  async load(): Promise<void> {
    const asked = ++this.#listAsked;
    try {
      const rows = await call("releases");
      if (asked !== this.#listAsked) return;
      this.all = rows;
      this.trouble = null;
      if (this.series !== null && !this.allSeries.includes(this.series)) this.series = null;
    } catch (thrown) {
      if (asked === this.#listAsked) this.trouble = toIpcError(thrown);
    }
  }

  select(tag: string | null): void {
    this.selected = tag;
  }

  /** Reads what is known of the selected release; an answer that comes too late is dropped. */
  async readDetail(environment: string | null, tag: string): Promise<void> {
    const asked = ++this.#detailAsked;
    const question = JSON.stringify([environment, tag]);
    // The same question, asked anew, keeps its old answer on screen until the new one comes.
    if (question !== this.#detailOf) this.#forgetDetail();
    this.#detailOf = question;
    try {
      const detail = await call("release_detail", { environment, tag });
      if (asked !== this.#detailAsked) return;
      this.detail = detail;
      this.detailTrouble = null;
    } catch (thrown) {
      if (asked === this.#detailAsked) this.detailTrouble = toIpcError(thrown);
    }
  }

  clear(): void {
    this.#listAsked += 1;
    this.#detailAsked += 1;
    this.#detailOf = null;
    this.#forgetDetail();
    this.all = null;
    this.trouble = null;
    this.series = null;
    this.select(null);
  }

  #forgetDetail(): void {
    this.detail = null;
    this.detailTrouble = null;
  }

  #arrange(): ReleaseRow[] {
    const rows = this.all ?? [];
    const chosen = this.series === null ? rows : rows.filter((row) => row.series === this.series);
    // The host sends newest first; only the other order costs a sort.
    return this.sort === "date" ? chosen : chosen.toSorted(newestVersionFirst);
  }
}
