/** @file What the paper's experiment found on this device: the JSON of `ridgepoint experiment` and the table on the Co-design screen. */
import type { EngineId } from '../../core/engine.ts';
import type { Plan } from '../../core/planning/plan.ts';
import type { FormId } from '../../core/prepare-model.ts';
import type { AdapterFacts, ProcessorId } from '../../core/profile/profile.ts';
import type { Deletion, DeletionMode } from '../../core/reparam/delete-branches.ts';
import type { DatasetId } from './datasets.ts';
import type { Estimate } from './summary.ts';

/**
 * In the order in which they are shown. `baseline`: multi-branch on one WASM worker of one thread. `multi-branch`, `fused`: on the
 * processor that is the fastest alone. `…+plan`: the form's own best plan. `co-design`: the fastest design within a point of the
 * full configuration's accuracy. `paper-plan`: the fused form where the paper's objective puts it. `deletion …`: the full
 * configuration in a mode of the paper's code, which deletes branches after training (`none`: none), where `fused` runs. `other-engine …`:
 * both forms on one WASM worker of one thread, by the engine that the rows above it do not use there.
 */
export const ROW_IDS = [
  'baseline',
  'multi-branch',
  'fused',
  'multi-branch+plan',
  'fused+plan',
  'co-design',
  'paper-plan',
  'deletion none',
  'deletion 3x3_1x1',
  'deletion 3x3_identity',
  'other-engine multi-branch',
  'other-engine fused',
] as const;
export type RowId = (typeof ROW_IDS)[number];

/** A sample runs at least so long and at least so many frames, after those that fill the pipeline. */
export const SAMPLE = { seconds: 0.25, minFrames: 8 };

export interface RowAccuracy {
  /** Shares, 0 … 1. */
  readonly top1: number;
  readonly top5: number;
  readonly n: number;
  /** Of images in this browser just now, or what the model's manifest says. */
  readonly source: 'browser' | 'manifest';
  /** What the manifest says; null of what it says nothing of. */
  readonly manifestTop1: number | null;
}

export interface ExperimentRow {
  readonly id: RowId;
  readonly model: string;
  /** Null where the model has no choice of them. */
  readonly configuration: string | null;
  readonly form: FormId;
  /** The mode of the paper's code and how many branches it deleted; null of the other rows. */
  readonly deletion: ({ readonly mode: DeletionMode } & Deletion['deleted']) | null;
  readonly plan: Plan;
  /** What ran it: one a member of the plan's stages, in order. */
  readonly engines: readonly EngineId[];
  /** Of the saturated pipeline, a sample a round. */
  readonly throughputFps: Estimate;
  /** The samples, in the order of the rounds: those of one round belong together. */
  readonly fpsByRound: readonly number[];
  /** Of frames that had the pipeline to themselves, the median of a round's frames a sample. */
  readonly latencyMs: Estimate;
  readonly accuracy: RowAccuracy | null;
  /** Median over the rounds of its throughput as a multiple of the first row's. */
  readonly gainOverFirst: number;
}

/** A row's throughput as a multiple of another's in the same round. */
export interface RowGain extends Estimate {
  readonly of: RowId;
  readonly over: RowId;
}

export interface Machine {
  readonly browser: string;
  /** Logical processors. */
  readonly cores: number;
  readonly crossOriginIsolated: boolean;
  readonly adapter: AdapterFacts | null;
  /** When the experiment ended, ISO 8601. */
  readonly date: string;
}

export interface ExperimentReport {
  readonly dataset: DatasetId;
  readonly machine: Machine;
  readonly processors: readonly ProcessorId[];
  /** Rounds that counted. */
  readonly rounds: number;
  /** Those that could run, in the order of `ROW_IDS`. */
  readonly rows: readonly ExperimentRow[];
  readonly gains: readonly RowGain[];
  /** Of the full configuration: the largest difference of both forms' outputs, as a share of the largest output, over `n` inputs. */
  readonly fusion: { readonly maxRelDifference: number; readonly n: number };
  /** What the accuracies are of. */
  readonly accuracy: { readonly dataset: string; readonly split: string };
  /** Why rows are missing. */
  readonly missing: readonly { readonly row: RowId; readonly reason: string }[];
  /** From the start of the experiment's own work to its end; exploring designs was before. */
  readonly seconds: number;
}
