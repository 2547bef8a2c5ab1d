import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { EditorView } from "@codemirror/view";
import { tags } from "@lezer/highlight";

/** The editors in the window's own tokens; custom properties reach into the shadow root. */
const theme = EditorView.theme({
  "&": {
    height: "100%",
    color: "var(--text)",
    backgroundColor: "transparent",
    fontSize: "var(--editor-size, 13px)",
  },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--editor-font, var(--font))", lineHeight: "1.62", overflow: "auto" },
  ".cm-content": { padding: "var(--editor-padding, 9px 0)", caretColor: "var(--accent)" },
  ".cm-line": { padding: "0 var(--editor-side, 11px)" },
  ".cm-cursor": { borderLeftColor: "var(--accent)", borderLeftWidth: "2px" },
  ".cm-selectionBackground, &.cm-focused .cm-selectionBackground": {
    background: "color-mix(in oklch, var(--accent) 26%, transparent) !important",
  },
  // Images without a source beside what cannot be edited, to lean the caret on. Where somebody uses an aid such as a screen
  // reader, WebKitGTK's page process ends at drawing one; unseen, they keep their place and are not drawn.
  ".cm-widgetBuffer": { visibility: "hidden" },
  ".cm-placeholder": { color: "var(--faint)" },
  ".cm-value": {
    borderRadius: "4px",
    padding: "1px 4px",
    margin: "0 1px",
    background: "var(--info-soft)",
    color: "var(--info)",
    fontWeight: "540",
    cursor: "pointer",
  },
  ".cm-value:hover": { textDecoration: "underline", textUnderlineOffset: "2px" },
  ".cm-value.gap": {
    background: "var(--warn-soft)",
    color: "var(--warn)",
    boxShadow: "inset 0 0 0 1px color-mix(in oklch, var(--warn) 55%, transparent)",
  },
  ".cm-value.unknown": { background: "var(--bad-soft)", color: "var(--bad)" },
  ".cm-title": { fontSize: "1.1em", fontWeight: "640" },
  ".cm-strong": { fontWeight: "640" },
  ".cm-sign": { color: "var(--faint)", fontWeight: "400" },
  ".cm-code": { fontFamily: "var(--mono)", fontSize: "0.94em" },
  ".cm-block": { color: "var(--faint)" },
  ".cm-place": {
    display: "inline-block",
    padding: "1px 9px",
    border: "1px dashed var(--line-strong)",
    borderRadius: "6px",
    color: "var(--muted)",
    fontSize: "12px",
  },
  ".cm-hint": {
    padding: "0 var(--editor-side, 11px)",
    color: "var(--faint)",
    fontSize: "13px",
    fontStyle: "italic",
  },
  ".cm-tooltip": {
    border: "1px solid var(--line-strong)",
    borderRadius: "8px",
    background: "var(--surface)",
    color: "var(--text)",
    boxShadow: "var(--shadow)",
    overflow: "hidden",
    zIndex: "50",
  },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": {
    fontFamily: "var(--font)",
    fontSize: "13px",
    maxHeight: "260px",
  },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li": { padding: "5px 10px", display: "flex", gap: "14px" },
  ".cm-tooltip-autocomplete ul li[aria-selected]": { background: "var(--raised)", color: "var(--text)" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > completion-section": {
    padding: "6px 10px 2px",
    borderBottom: "0",
    color: "var(--muted)",
    fontSize: "11px",
    opacity: "1",
  },
  ".cm-completionDetail": { fontStyle: "normal", color: "var(--faint)", marginLeft: "auto" },
  ".cm-completionMatchedText": { textDecoration: "none", fontWeight: "650" },
  ".cm-diagnostic": {
    padding: "6px 10px",
    fontFamily: "var(--font)",
    fontSize: "12px",
    borderLeftWidth: "3px",
  },
  ".cm-diagnostic-error": { borderLeftColor: "var(--bad)" },
  ".cm-lintRange-error": {
    backgroundImage: "none",
    // WebKit takes these one by one only.
    textDecorationLine: "underline",
    textDecorationStyle: "wavy",
    textDecorationColor: "var(--bad)",
    textDecorationThickness: "1px",
    textUnderlineOffset: "3px",
  },
});

const markdown = HighlightStyle.define([
  { tag: tags.heading1, fontSize: "1.6em", fontWeight: "640", letterSpacing: "-0.015em" },
  { tag: tags.heading2, fontSize: "1.18em", fontWeight: "630" },
  { tag: tags.heading, fontWeight: "620" },
  { tag: tags.strong, fontWeight: "640" },
  { tag: tags.emphasis, fontStyle: "italic" },
  { tag: tags.strikethrough, textDecoration: "line-through" },
  { tag: tags.monospace, fontFamily: "var(--mono)", fontSize: "0.93em" },
  { tag: [tags.link, tags.url], color: "var(--info)" },
  { tag: tags.quote, color: "var(--muted)" },
  {
    tag: [tags.processingInstruction, tags.meta, tags.contentSeparator],
    color: "var(--faint)",
    fontWeight: "400",
  },
  { tag: tags.labelName, color: "var(--muted)" },
]);

export const look = [theme, syntaxHighlighting(markdown)];
