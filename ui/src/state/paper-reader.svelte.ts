import { call } from "../ipc/commands";
import type { ExportFormat } from "../ipc/generated/ExportFormat";
import type { ExportView } from "../ipc/generated/ExportView";
import type { Paper } from "./paper.svelte";

export type PaperMode = "write" | "beside" | "read";

/** A post-mortem as it is read: rendered and sanitised by the host. */
export class PaperReader {
  mode = $state<PaperMode>("write");
  html = $state.raw<string | null>(null);
  readonly #paper: Paper;
  #asked = 0;

  constructor(paper: Paper) {
    this.#paper = paper;
  }

  async read(): Promise<void> {
    const id = this.#paper.view?.id;
    if (id === undefined) return;
    this.#asked += 1;
    const asked = this.#asked;
    const html = await call("render_postmortem", { id, text: this.#paper.text() });
    if (asked === this.#asked) this.html = html;
  }

  /** What was typed last is in the file. */
  async exportAs(format: ExportFormat): Promise<ExportView | null> {
    await this.#paper.keep();
    return call("export_postmortem", { id: this.#paper.view?.id ?? "", format });
  }
}
