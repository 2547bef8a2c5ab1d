// stopgap

export type DraftGiven = { incident: string, destination: string, template: string, subject: string | null, text: string, };
