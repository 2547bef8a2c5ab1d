// stopgap

export type ActionView = { id: string, title: string, owner: string, due: string | null, done: boolean, ticket: string | null, ticketUrl: string | null, };
