import type { UiError } from "./generated/UiError";

/** What went wrong, as a person reads it: one sentence and a next action. The code is for branching. */
export class IpcError extends Error implements UiError {
  readonly code: string;
  readonly hint: string;

  constructor({ code, message, hint }: UiError) {
    super(message);
    this.name = "IpcError";
    this.code = code;
    this.hint = hint ?? "";
  }
}

/** Turns anything thrown by the host, the bridge or the window itself into an `IpcError`. */
export function toIpcError(thrown: unknown): IpcError {
  if (thrown instanceof IpcError) return thrown;
  if (isUiError(thrown)) return new IpcError(thrown);
  const message = sentenceOf(thrown);
  return new IpcError({
    code: "window.unexpected",
    message: message || "Something unexpected happened in this window.",
    hint: "Try again. If it stays, restart Lastgood; the journal keeps what was done.",
  });
}

function isUiError(value: unknown): value is UiError {
  if (typeof value !== "object" || value === null) return false;
  const candidate = value as Record<string, unknown>;
  return (
    typeof candidate.code === "string" &&
    typeof candidate.message === "string" &&
    (candidate.hint === undefined || typeof candidate.hint === "string")
  );
}

function sentenceOf(thrown: unknown): string {
  if (thrown instanceof Error) return thrown.message;
  return typeof thrown === "string" ? thrown : "";
}
