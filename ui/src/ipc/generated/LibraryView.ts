// stopgap
import type { FactorCount } from "./FactorCount";
import type { MetricView } from "./MetricView";
import type { OpenAction } from "./OpenAction";
import type { PostmortemSummary } from "./PostmortemSummary";
import type { WaitingStory } from "./WaitingStory";

export type LibraryView = { postmortems: Array<PostmortemSummary>, actions: Array<OpenAction>, factors: Array<FactorCount>, metrics: Array<MetricView>, waiting: Array<WaitingStory>, };
