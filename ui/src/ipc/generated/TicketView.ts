// stopgap

export type TicketView = { name: string, url: string, };
