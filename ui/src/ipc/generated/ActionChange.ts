// stopgap

export type ActionChange = { "kind": "add", title: string, owner: string, due: string | null, } | { "kind": "edit", action: string, title: string, owner: string, due: string | null, } | { "kind": "done", action: string, done: boolean, } | { "kind": "remove", action: string, } | { "kind": "create_ticket", action: string, };
