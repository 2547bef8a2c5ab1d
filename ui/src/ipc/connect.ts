import { useBackend } from "./backend";
import { desktopApp, insideDesktopApp } from "./tauri";

/** Connects the window to the desktop app; a plain browser gets the fake, in development only. */
export async function connect(): Promise<void> {
  if (import.meta.env.DEV && !insideDesktopApp()) {
    const { fakeFromAddress } = await import("./fake");
    useBackend(fakeFromAddress(window.location.search));
    return;
  }
  useBackend(desktopApp);
}
