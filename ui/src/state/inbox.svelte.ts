import { call } from "../ipc/commands";
import type { InboxItem } from "../ipc/generated/InboxItem";

/** What was said on the desktop, kept here: alerts can be missed, the inbox cannot. */
export class Inbox {
  items = $state.raw<InboxItem[]>([]);
  /** The panel shows. */
  open = $state(false);
  readonly unread = $derived(this.items.filter((item) => !item.read).length);

  /** Counts what came, so that an answer that was overtaken by a notice is dropped. */
  #received = 0;

  async load(): Promise<void> {
    const asked = this.#received;
    const items = await call("inbox");
    if (asked === this.#received) this.receive(items);
  }

  receive(items: InboxItem[]): void {
    this.#received += 1;
    this.items = items;
  }

  async read(): Promise<void> {
    if (this.unread === 0) return;
    await call("read_inbox");
    this.items = this.items.map((item) => ({ ...item, read: true }));
  }
}
