// stopgap

export type DraftGiven = { incident: string, destination: string, template: string, text: string, };
