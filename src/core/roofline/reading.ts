/** @file The Roofline read aloud: what limits a layer, and how near it comes to what it could reach. */
import { operationalIntensity } from '../graph/layers.ts';
import { attainablePerformance, ridgePoint, type Roofline } from './roofline.ts';

export interface LayerReading {
  /** FLOP/byte. */
  readonly operationalIntensity: number;
  readonly limit: 'memory' | 'compute';
  /** FLOP/s under the roof. */
  readonly attainable: number;
  /** `attainable` over the processor's peak, 0…1. */
  readonly shareOfPeak: number;
  /** FLOP/s it ran at here; null where it was not measured. */
  readonly achieved: number | null;
}

/** Reads one layer under one roof; `seconds` is its measured time, null or 0 where there is none. */
export function readLayer(
  work: { readonly flop: number; readonly bytes: number },
  roof: Roofline,
  seconds: number | null,
): LayerReading {
  const intensity = operationalIntensity(work);
  const attainable = attainablePerformance(roof, intensity);
  return {
    operationalIntensity: intensity,
    limit: intensity < ridgePoint(roof) ? 'memory' : 'compute',
    attainable,
    shareOfPeak: attainable / roof.peakFlopPerSecond,
    achieved: seconds !== null && seconds > 0 ? work.flop / seconds : null,
  };
}
