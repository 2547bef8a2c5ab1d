// stopgap

export type WaitingStory = { incident: string | null, rollback: string | null, title: string, endedAt: string, };
