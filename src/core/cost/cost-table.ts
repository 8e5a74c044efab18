/**
 * @file What each unit costs on each processor, from one of the cost models:
 * - `roofline`: `max(FLOP/π, bytes/β)` per layer, no overhead – a lower bound on time (METHOD §3, model 1);
 * - `calibrated`: what kernels of its class take in the engine on this device (model 2; calibration.ts);
 * - `measured`: per-layer times of this model in the engine on this device (model 3).
 * A table holds seconds; the planner reads nothing else.
 */
import type { Layer } from '../graph/layers.ts';
import type { Unit } from '../graph/units.ts';
import type { ProcessorId } from '../profile/profile.ts';
import type { Roofline } from '../roofline/roofline.ts';

/** What a row of a table stands for: a unit, or a single layer. */
export type LayerGroup = Pick<Unit, 'layers'>;

export type CostModelId = 'roofline' | 'calibrated' | 'measured';

export interface CostTable {
  readonly model: CostModelId;
  readonly processors: readonly ProcessorId[];
  /** `seconds[p][u]`: unit (or layer) `u` on processor `p`. */
  readonly seconds: readonly (readonly number[])[];
  /** Typical error of a whole model's time as a fraction, the worst of the processors; absent for bounds, the Roofline's. */
  readonly relativeError?: number;
}

/** Lower bound on a layer's time under a roof: `t ≥ max(F/π, B/β)` (Williams, Waterman, Patterson 2009). */
export function rooflineSeconds(
  work: { readonly flop: number; readonly bytes: number },
  roof: Roofline,
): number {
  return Math.max(work.flop / roof.peakFlopPerSecond, work.bytes / roof.bandwidthBytesPerSecond);
}

const sumOver = (layers: readonly Layer[], seconds: (layer: Layer) => number): number =>
  layers.reduce((sum, layer) => sum + seconds(layer), 0);

/** The Roofline table, one roof a processor, in their order. */
export function rooflineTable(units: readonly LayerGroup[], roofs: readonly Roofline[]): CostTable {
  return {
    model: 'roofline',
    processors: roofs.map((roof) => roof.processor),
    seconds: roofs.map((roof) =>
      units.map((unit) => sumOver(unit.layers, (layer) => rooflineSeconds(layer, roof))),
    ),
  };
}

/** Times of one processor as the engine's profile gives them: seconds a run of each layer, by layer index. */
export interface LayerTimes {
  readonly processor: ProcessorId;
  readonly seconds: readonly number[];
  /** Seconds a run of the whole model, measured without the profiler. */
  readonly totalSeconds: number;
  /** By which one run of the whole typically differs, as a fraction. */
  readonly relativeError?: number;
}

/**
 * The measured table. Profiling slows a run and leaves some time outside any layer, so each column is scaled to the
 * time of the whole model without the profiler.
 */
export function measuredTable(units: readonly LayerGroup[], times: readonly LayerTimes[]): CostTable {
  return {
    model: 'measured',
    processors: times.map(({ processor }) => processor),
    seconds: times.map(({ seconds, totalSeconds }) => {
      const profiled = seconds.reduce((sum, t) => sum + t, 0);
      const scale = profiled > 0 ? totalSeconds / profiled : 0;
      return units.map((unit) => scale * sumOver(unit.layers, (layer) => seconds[layer.index] ?? 0));
    }),
    relativeError: Math.max(0, ...times.map(({ relativeError = 0 }) => relativeError)),
  };
}
