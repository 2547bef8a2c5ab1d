// stopgap

export type RoleView = { role: string, title: string, person: string | null, };
