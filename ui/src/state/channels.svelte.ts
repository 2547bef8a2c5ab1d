import { call } from "../ipc/commands";
import { type IpcError, toIpcError } from "../ipc/error";
import type { ChannelTest } from "../ipc/generated/ChannelTest";
import type { ChannelView } from "../ipc/generated/ChannelView";

/** Where updates can go, and how a test of each went. */
export class Channels {
  all = $state.raw<ChannelView[] | null>(null);
  trouble = $state.raw<IpcError | null>(null);
  testing = $state<string | null>(null);

  async load(): Promise<void> {
    try {
      this.all = await call("channels");
      this.trouble = null;
    } catch (thrown) {
      this.trouble = toIpcError(thrown);
    }
  }

  /** The secret goes in and is nowhere kept here. */
  async keepSecret(id: string, secret: string): Promise<true> {
    this.all = await call("keep_channel_secret", { id, secret });
    return true;
  }

  async forgetSecret(id: string): Promise<void> {
    this.all = await call("forget_channel_secret", { id });
  }

  /** One test at a time; it tells nobody anything. */
  async test(id: string): Promise<ChannelTest | null> {
    if (this.testing !== null) return null;
    this.testing = id;
    try {
      const test = await call("test_channel", { id });
      this.all = this.all?.map((one) => (one.id === id ? { ...one, lastTest: test } : one)) ?? null;
      return test;
    } finally {
      this.testing = null;
    }
  }

  clear(): void {
    this.all = null;
    this.trouble = null;
  }
}
