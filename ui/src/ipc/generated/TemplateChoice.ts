// stopgap

export type TemplateChoice = { id: string, title: string, };
