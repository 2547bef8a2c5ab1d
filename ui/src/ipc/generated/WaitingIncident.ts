// stopgap

export type WaitingIncident = { incident: string, title: string, endedAt: string, };
