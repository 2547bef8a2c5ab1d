// stopgap

export type ActionChange = { "kind": "add", title: string, owner: string, due: string | null, ticket: string | null, } | { "kind": "edit", action: string, title: string, owner: string, due: string | null, ticket: string | null, } | { "kind": "done", action: string, done: boolean, } | { "kind": "remove", action: string, };
