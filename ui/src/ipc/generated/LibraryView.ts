// stopgap
import type { FactorCount } from "./FactorCount";
import type { MetricView } from "./MetricView";
import type { OpenAction } from "./OpenAction";
import type { PostmortemSummary } from "./PostmortemSummary";
import type { WaitingIncident } from "./WaitingIncident";

export type LibraryView = { postmortems: Array<PostmortemSummary>, actions: Array<OpenAction>, factors: Array<FactorCount>, metrics: Array<MetricView>, waiting: Array<WaitingIncident>, };
