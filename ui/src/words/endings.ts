/** How a text ends its lines. */
export type Endings = "lf" | "crlf" | "mixed";

export function endingsOf(text: string): Endings {
  if (!text.includes("\r")) return "lf";
  return /\r(?!\n)|(^|[^\r])\n/.test(text) ? "mixed" : "crlf";
}

/** The text as an editor counts its lines. */
export function counted(text: string, endings: Endings): string {
  return endings === "crlf" ? text.replaceAll("\r\n", "\n") : text;
}

/** The text as it was written, from one that an editor counted. */
export function written(text: string, endings: Endings): string {
  return endings === "crlf" ? text.replaceAll("\n", "\r\n") : text;
}
