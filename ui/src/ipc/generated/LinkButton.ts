// stopgap

export type LinkButton = { title: string, url: string, };
