import { host } from "./backend";
import { toIpcError } from "./error";
import type { Notice } from "./generated/Notice";

/** Asks the host to say what changes. Snapshots of what is known come at once; once per window. */
export async function watch(receive: (notice: Notice) => void): Promise<void> {
  try {
    await host().watch(receive);
  } catch (thrown) {
    throw toIpcError(thrown);
  }
}
