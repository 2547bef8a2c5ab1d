// stopgap

export type LineChange = { "kind": "hide", line: string, hidden: boolean, } | { "kind": "comment", line: string, comment: string, } | { "kind": "add", at: string, sentence: string, } | { "kind": "paste", text: string, };
