/** What a template would read as markup or as a command, alone or with what follows. */
const READ = /\{\{|\{%|\{#|\*\*|`|\]\(|::|[{*]$|\n|^\s*[#\-*]/;

/** Words as a template's text: where they would be read as more than words they stand as a quoted value. */
export function literal(words: string): string {
  return READ.test(words) ? `{{ ${JSON.stringify(words)} }}` : words;
}
