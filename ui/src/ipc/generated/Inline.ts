// stopgap
import type { InlineStyle } from "./InlineStyle";

export type Inline = { text: string, style: InlineStyle, };
