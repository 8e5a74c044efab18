/** @file What live needs of the playground, and who hears what happens there. */
import type { AppError } from '../core/errors.ts';
import type { Capabilities } from '../platform/capabilities.ts';
import type { StageSpan } from '../workers/stage.api.ts';
import type { Segments } from './plan-request.ts';
import type { ProcessorPool } from './processors.ts';
import type { LiveSample, Store } from './state.ts';

/** What the live view needs of the playground. */
export interface LiveHost {
  readonly store: Store;
  readonly pool: ProcessorPool;
  readonly segments: Segments;
  capabilities(): Promise<Capabilities>;
  report(error: AppError): void;
  /** The long task that has the workers, if any. */
  busy(): AppError | null;
}

/** Hears what happens live. */
export interface LiveObserver {
  /** A plan begins to run. */
  begins(): void;
  sees(spans: readonly StageSpan[], at: number): void;
  /** Four times a second; the rate that the source gives, null where it does not say. */
  updates(sample: LiveSample, sourceFps: number | null): void;
}
