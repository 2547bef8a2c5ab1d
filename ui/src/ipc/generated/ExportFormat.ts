// stopgap

export type ExportFormat = "markdown" | "html" | "pdf";
