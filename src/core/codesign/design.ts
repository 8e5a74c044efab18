/**
 * @file A design: one configuration of a trained family on one plan of this device. What is chosen among them is accuracy,
 * throughput and latency together (METHOD §5): arXiv 2411.00838 weighs them into one figure, which cannot reach every
 * design that is best at something (`weighted-sum.test.ts`); here all those are kept.
 */
import type { Plan } from '../planning/plan.ts';

/** What a design does on this device. Frames/s of a saturated pipeline; seconds of a frame that has it to itself. */
export interface Rates {
  readonly throughputFps: number;
  readonly latencySeconds: number;
}

export interface MeasuredRates extends Rates {
  /** Frames behind the throughput. */
  readonly n: number;
  /** Standard errors of both, as fractions. */
  readonly errors: { readonly throughput: number; readonly latency: number };
}

export interface Design {
  /** Unique among the designs of a space: model, configuration and plan. */
  readonly id: string;
  /** Id of the shipped model that has the weights. */
  readonly model: string;
  readonly configuration: string;
  /** Top-1 of the configuration on the data its manifest names, 0 … 1. */
  readonly accuracy: number;
  readonly plan: Plan;
  /** As the cost model had it before this design ran. */
  readonly predicted: Rates;
  /** Null until it ran. */
  readonly measured: MeasuredRates | null;
}

/** The network that a design deploys, by name: unique in a space of several models. */
export const networkOf = ({ model, configuration }: Pick<Design, 'model' | 'configuration'>): string =>
  `${model} ${configuration}`;

/** What is known best: measured where it ran. */
export const ratesOf = ({ measured, predicted }: Pick<Design, 'measured' | 'predicted'>): Rates =>
  measured ?? predicted;
