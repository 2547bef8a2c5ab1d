const C0_PICTURES = 0x2400;
const DELETE = 0x7f;

/**
 * Characters that change what a reader sees without being seen: controls, bidi overrides and isolates,
 * zero-width spaces, tags. Zero-width joiners stay, emoji and some scripts need them.
 */
const UNSEEN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: naming them is the point
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]/gu;

/** Text from outside with every unseen character made visible, so that a name cannot pose as another. */
export function plain(text: string): string {
  return text.replace(UNSEEN, picture);
}

/** The same for text of several lines: line feeds and tabs keep their meaning. */
export function prose(text: string): string {
  return text
    .replace(/\r\n/g, "\n")
    .replace(UNSEEN, (character) =>
      character === "\n" || character === "\t" ? character : picture(character),
    );
}

/** The first line of a message; the rest belongs to its detail. */
export function firstLine(text: string): string {
  return text.split(/\r?\n/, 1)[0] ?? "";
}

/** Seven digits of a commit, as git shows it. */
export function shortCommit(commit: string): string {
  return commit.slice(0, 7);
}

function picture(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x20) return String.fromCodePoint(C0_PICTURES + code);
  if (code === DELETE) return "\u2421";
  return `⟨U+${code.toString(16).toUpperCase().padStart(4, "0")}⟩`;
}
