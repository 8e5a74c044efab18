/** @file Which kernel computes a step, and why. */
import type { Kernel } from './kernels.ts';

export interface Choice {
  /** The shape of the step, for a reader. */
  readonly shape: string;
  readonly kernel: Kernel;
  /** `measured`: the fastest of several; `inherited`: it won for a like window; `default`: the likeliest. */
  readonly by: 'measured' | 'inherited' | 'default';
  /** Least seconds of one dispatch, by the name of each kernel that was measured. */
  readonly seconds: Readonly<Record<string, number>>;
}
