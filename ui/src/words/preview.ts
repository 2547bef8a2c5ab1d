import type { Inline } from "../ipc/generated/Inline";
import type { PreviewBlock } from "../ipc/generated/PreviewBlock";
import type { PreviewView } from "../ipc/generated/PreviewView";

/** What a message says, on one line of a list: its title, or as much of its text as stands there. */
export function wordsOf(preview: PreviewView): string {
  switch (preview.kind) {
    case "document":
    case "email":
      return preview.text;
    case "event":
      return preview.resolves ? "The alert ends" : preview.summary;
    case "status_page":
      return preview.title;
    case "notice":
      return `${preview.title}. ${preview.text}`;
    case "ticket":
      return [preview.heading, ...preview.blocks.flatMap(said)].join(". ");
    case "release_notes":
      return [preview.title, ...preview.blocks.flatMap(said)].join(". ");
    case "slack":
    case "teams":
      return preview.blocks.flatMap((block) => (block.kind === "header" ? [line(block.text)] : [])).join("");
  }
}

function said(block: PreviewBlock): string[] {
  if (block.kind === "section") return [line(block.text)];
  return block.kind === "list" ? block.items.map(line) : [];
}

function line(parts: Inline[]): string {
  return parts.map((part) => part.text).join("");
}
