// stopgap
import type { TicketView } from "./TicketView";

export type ActionView = { id: string, title: string, owner: string, due: string | null, done: boolean, ticket: TicketView | null, };
