// stopgap

export type NewIncident = { title: string, severity: number, environment: string | null, impact: string, surfaces: Array<string>, rollback: string | null, };
