// stopgap
import type { MetricPoint } from "./MetricPoint";

export type MetricView = { title: string, figure: string, definition: string, points: Array<MetricPoint>, };
