import { call } from "../ipc/commands";
import { type IpcError, toIpcError } from "../ipc/error";
import type { TemplateRow } from "../ipc/generated/TemplateRow";
import type { TemplateTrial } from "../ipc/generated/TemplateTrial";
import type { TemplateView } from "../ipc/generated/TemplateView";

/** The templates, and the one that is worked on. A text that is typed is tried, and kept only when asked. */
export class Templates {
  rows = $state.raw<TemplateRow[] | null>(null);
  trouble = $state.raw<IpcError | null>(null);
  view = $state.raw<TemplateView | null>(null);
  trial = $state.raw<TemplateTrial | null>(null);
  text = $state("");
  given = $state(0);
  /** The incident that the preview is made on; `null` for the sample. */
  incident = $state<string | null>(null);

  readonly changed = $derived(this.view !== null && this.text !== this.view.text);
  #trying = false;

  async load(): Promise<void> {
    try {
      this.rows = await call("templates");
      this.trouble = null;
      const first = this.rows[0];
      if (this.view === null && first) await this.open(first.id);
    } catch (thrown) {
      this.trouble = toIpcError(thrown);
    }
  }

  async open(id: string): Promise<void> {
    await this.#take(await call("template", { id }));
  }

  type(text: string): void {
    this.text = text;
    void this.#try();
  }

  async tryOn(incident: string | null): Promise<void> {
    this.incident = incident;
    await this.#try();
  }

  async save(): Promise<void> {
    const { view } = this;
    if (!view) return;
    await this.#take(await call("save_template", { id: view.row.id, text: this.text }));
    this.rows = await call("templates");
  }

  /** A text of the team's own under a new name; it begins as the one that is looked at. */
  async create(id: string): Promise<void> {
    const text = this.view?.text ?? "# {{ title }}\n\n{{ impact|sentence }}\n";
    await this.#take(await call("save_template", { id, text }));
    this.rows = await call("templates");
  }

  async reset(): Promise<void> {
    const { view } = this;
    if (!view) return;
    await this.#take(await call("reset_template", { id: view.row.id }));
    this.rows = await call("templates");
  }

  clear(): void {
    this.rows = null;
    this.view = null;
    this.trial = null;
    this.trouble = null;
    this.incident = null;
  }

  async #take(view: TemplateView): Promise<void> {
    this.view = view;
    this.text = view.text;
    this.given += 1;
    await this.#try();
  }

  /** Shows at once what a text becomes: one is on its way, and the newest is tried last. */
  async #try(): Promise<void> {
    if (this.#trying) return;
    this.#trying = true;
    let asked = this.#asked();
    while (asked) {
      const { view, given } = asked;
      try {
        const trial = await call("try_template", given);
        if (this.#isNewest(asked)) this.trial = keepPreview(trial, this.trial);
      } catch (thrown) {
        this.trouble = toIpcError(thrown);
      }
      asked = this.#isNewest({ view, given }) ? null : this.#asked();
    }
    this.#trying = false;
  }

  #isNewest({ view, given }: Asked): boolean {
    return this.view === view && this.text === given.text && this.incident === given.incident;
  }

  #asked(): Asked | null {
    const { view, text, incident } = this;
    return view && { view, given: { id: view.row.id, text, incident } };
  }
}

type Asked = { view: TemplateView; given: { id: string; text: string; incident: string | null } };

/** While a text does not render, the last preview that did stays beside it. */
function keepPreview(trial: TemplateTrial, before: TemplateTrial | null): TemplateTrial {
  return { ...trial, preview: trial.preview ?? before?.preview ?? null };
}
