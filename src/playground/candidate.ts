/** @file A plan's figures as the planner compares them. */
import type { Candidate } from '../core/planning/keep.ts';
import type { Performance } from './plan-report.ts';

export const candidateOf = (
  { throughputFps, latencyMs, n, errors }: Performance,
  processors: number,
): Candidate => ({
  throughputFps,
  latency: latencyMs,
  errors: errors ?? { throughput: 0, latency: 0 },
  isMeasured: n > 0,
  processors,
});
