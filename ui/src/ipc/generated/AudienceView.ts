// stopgap

export type AudienceView = { id: string, title: string, everyMinutes: number, nextDue: string | null, lastSent: string | null, };
