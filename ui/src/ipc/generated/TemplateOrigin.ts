// stopgap

export type TemplateOrigin = "shipped" | "override" | "team";
