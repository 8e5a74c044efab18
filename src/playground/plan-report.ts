/** @file What planning found: the JSON that `ridgepoint plan --json` writes and that the Partition screen draws. */
import type { CostModelId } from '../core/cost/cost-table.ts';
import type { EngineId, Precision } from '../core/engine.ts';
import type { Objective } from '../core/planning/objective.ts';
import type { Gain } from '../core/planning/keep.ts';
import type { Bound } from '../core/planning/bound.ts';
import type { Plan, Stage } from '../core/planning/plan.ts';
import type { TracedFrame } from '../core/planning/trace.ts';
import type { ProcessorId } from '../core/profile/profile.ts';
import type { Difference } from '../core/reparam/equivalence.ts';

export interface Performance {
  readonly throughputFps: number;
  readonly latencyMs: number;
  /** Runs or frames behind the figure; 0 for a prediction. */
  readonly n: number;
  /** Of both figures, as fractions: standard errors of measurements; of a prediction what its cost model states. */
  readonly errors?: { readonly throughput: number; readonly latency: number };
  /** Of a prediction: each hand-over between workers, one fewer than stages. */
  readonly hopMs?: readonly number[];
  /**
   * Of a plan that ran: ms a frame of each member of each stage; mean while all work, lower quartile of frames alone. `between`:
   * mean while all work of what passes from one frame to the next that waits already, which is sent on and taken in (the overheads o of
   * LogP, Culler et al., PPoPP 1993).
   */
  readonly memberMs?: {
    readonly full: readonly (readonly number[])[];
    readonly between?: readonly (readonly number[])[];
    readonly alone: readonly (readonly number[])[];
  };
  /** Of a plan that ran: the last frames of its last round, all at work; ms on one clock. */
  readonly lastFrames?: readonly TracedFrame[];
}

export interface PlanEntry {
  readonly kind: Plan['kind'];
  readonly stages: readonly Stage[];
  readonly predicted: Performance;
  readonly measured: Performance | null;
  /** What the pipeline's outputs differ by from one processor's on the same inputs, where it was run. */
  readonly equality: (Difference & { readonly inOrder: boolean; readonly frames: number }) | null;
  /** fp16 where a processor of the plan computes in it; fp32 where nothing is said. */
  readonly precision?: Precision;
}

export interface SingleEntry {
  readonly processor: ProcessorId;
  readonly predicted: Performance;
  readonly measured: Performance | null;
}

export interface CostModelError {
  readonly id: CostModelId;
  /** Over the layers, against the engine's profile; fraction. Null without a profile. */
  readonly mape: number | null;
  readonly spearman: number | null;
  /** Of the whole model on one processor, the mean over processors of |predicted / measured − 1|. */
  readonly wholeError: number | null;
  /** What the model says of its own typical error; null where it does not. */
  readonly statedError: number | null;
  /** How much slower the plan this model would choose ran than the best that ran; fraction. Null if it was not run. */
  readonly regret: number | null;
}

/** A layer or a unit, priced. */
export interface WorkCost {
  readonly name: string;
  readonly flop: number;
  readonly bytes: number;
  /** Seconds on each processor, in the order of `processors`. */
  readonly roofline: readonly number[];
  /** By the calibration of this device; null where a processor has none. */
  readonly calibrated: readonly number[] | null;
  /** As the engine's profile gives it; null where it was not measured. */
  readonly measured: readonly number[] | null;
}

/** The engine that runs the model on a processor, and what the choice rests on. */
export interface EngineUse {
  readonly processor: ProcessorId;
  readonly engine: EngineId;
  /** Of weights and activations, where our own engine runs on WebGPU; everything else has fp32. */
  readonly precision?: Precision;
  /** Why not our own, where it cannot run this model or failed at it; else null. */
  readonly obstacle: string | null;
  /** Seconds a run of the whole model by each engine, the lower quartile of `n` runs; null where it was not run. */
  readonly seconds: Readonly<Record<EngineId, number | null>>;
  readonly n: number;
}

export interface PlanReport {
  readonly model: string;
  /** Of an elastic model, the one that was planned. */
  readonly configuration?: string;
  readonly objective: Objective;
  readonly processors: readonly ProcessorId[];
  /** One a processor, equal ones once; empty where nothing was run. */
  readonly engines: readonly EngineUse[];
  readonly singles: readonly SingleEntry[];
  /** Best first: measured ones by measurement, then the rest by prediction. At most 12. */
  readonly plans: readonly PlanEntry[];
  /** The best, or a simpler one that it does not beat by more than the error. */
  readonly chosen: PlanEntry;
  /** What the best plan gains where a simpler one was chosen; absent where the best is in force. */
  readonly passedOver?: Gain & { readonly plan: PlanEntry };
  /** What the paper's objective, the least time of a frame alone, chooses at the same prices. */
  readonly paper: PlanEntry;
  /** How many plans were priced. */
  readonly considered: number;
  readonly bound: Bound;
  readonly costModels: readonly CostModelError[];
  readonly units: readonly WorkCost[];
  /** The layers inside the units, in order: the points on the Roofline. */
  readonly layers: readonly WorkCost[];
}
