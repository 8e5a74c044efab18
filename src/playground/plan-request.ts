/** @file What planning is asked for. */
import type { EnginePreference } from '../core/engine.ts';
import type { Objective } from '../core/planning/objective.ts';
import type { FormDescription } from '../core/prepare-model.ts';
import type { DeviceProfile, ProcessorId } from '../core/profile/profile.ts';
import type { Result } from '../core/result.ts';
import type { StageClient } from '../workers/stage.client.ts';
import type { EngineUse } from './plan-report.ts';

/** ONNX bytes of units `from`…`to` (inclusive) of the form that is planned. */
export type Segments = (from: number, to: number) => Promise<Result<Uint8Array>>;

export interface PlanRequest {
  readonly modelId: string;
  /** Null where the model has no choice of them. */
  readonly configuration: string | null;
  readonly form: FormDescription;
  readonly segments: Segments;
  readonly processors: readonly ProcessorId[];
  /** WASM threads that may work at once. */
  readonly cores: number;
  readonly objective: Objective;
  /** Frames/s that `smooth` has to keep. */
  readonly sourceFps: number;
  readonly profile: DeviceProfile;
  /** `none`: predictions only. `best`: singles and the best few. `all`: every plan (the oracle for regret). */
  readonly measure: 'none' | 'best' | 'all';
  /** Races these alone, by their labels (core/planning/plan.ts), and none is given up. */
  readonly among?: readonly string[] | undefined;
  /** Of racing; three unless told. */
  readonly rounds?: number | undefined;
  /** Of racing a plan once; half a second unless told. */
  readonly roundSeconds?: number | undefined;
  /** By which the clients load what they are given; empty for `none`. */
  readonly engines: readonly EngineUse[];
  /** Open clients, one a processor in the same order; may be empty for `none`. */
  readonly clients: readonly StageClient[];
  readonly signal: AbortSignal;
  readonly onProgress: (step: string, progress: number | null) => void;
}

/** What a caller may leave to us. */
export interface PlanOptions extends Pick<PlanRequest, 'among' | 'rounds' | 'roundSeconds'> {
  readonly processors?: readonly ProcessorId[] | undefined;
  readonly objective?: Objective | undefined;
  readonly engine?: EnginePreference | undefined;
  readonly measure?: PlanRequest['measure'] | undefined;
}

/** A run slower than this is measured with as few repetitions as can be (a software GPU takes seconds a frame). */
export const SLOW_SECONDS = 1;
