import { call } from "../ipc/commands";
import { type IpcError, toIpcError } from "../ipc/error";
import { Again } from "./again";

export type LeftPaper = {
  id: string;
  /** The revision that the text started from. */
  base: string;
  text: string;
  /** Why it could not be kept. */
  trouble: IpcError;
};

/** Texts that could not be kept while they were open: tried again until they are, wherever the person went. */
export class LeftPapers {
  #papers = new Map<string, LeftPaper>();
  #again = new Again(() => void this.#keep());

  put(paper: LeftPaper): void {
    this.#papers.set(paper.id, paper);
    this.#again.ask();
  }

  find(id: string): LeftPaper | undefined {
    return this.#papers.get(id);
  }

  /** It is open again, and kept from there. */
  drop(id: string): void {
    this.#papers.delete(id);
    if (this.#papers.size === 0) this.#again.done();
  }

  async #keep(): Promise<void> {
    for (const paper of [...this.#papers.values()]) {
      const { id, base, text } = paper;
      try {
        await call("save_postmortem", { id, base, text });
        if (this.#papers.get(id) === paper) this.drop(id);
      } catch (thrown) {
        paper.trouble = toIpcError(thrown);
      }
    }
    if (this.#papers.size > 0) this.#again.ask();
  }
}
