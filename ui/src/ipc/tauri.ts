import { Channel, invoke } from "@tauri-apps/api/core";
import { getCurrentWebview } from "@tauri-apps/api/webview";
import type { Backend } from "./backend";
import type { Notice } from "./generated/Notice";

export const insideDesktopApp = (): boolean => "__TAURI_INTERNALS__" in window;

/** The desktop app, reached through Tauri's bridge. */
export const desktopApp: Backend = {
  call: (name, given) => invoke(name, given),

  async watch(receive) {
    const channel = new Channel<Notice>();
    channel.onmessage = receive;
    await invoke("watch", { channel });
  },

  onDrop: (receive) =>
    getCurrentWebview().onDragDropEvent(({ payload }) => {
      if (payload.type === "drop") receive({ kind: "dropped", paths: payload.paths });
      else receive({ kind: payload.type === "leave" ? "left" : "over" });
    }),
};
