/** @file A logarithmic axis: a domain that ends on powers of its base, positions in 0…1, and its ticks. Pure geometry. */

export interface LogAxis {
  readonly min: number;
  readonly max: number;
  /** The powers of the base inside the domain, thinned so that at most `maxTicks` remain. */
  readonly ticks: readonly number[];
  /** 0 at `min`, 1 at `max`; outside values go beyond. Values ≤ 0 have no place on the axis: `-Infinity`. */
  position(value: number): number;
}

/** An axis around all finite positive `values`; without any, one step from 1 to `base`. `maxTicks` ≥ 2. */
export function logAxis(values: readonly number[], base: number, maxTicks = 8): LogAxis {
  const log = (value: number): number => Math.log(value) / Math.log(base);
  const usable = values.filter((value) => value > 0 && Number.isFinite(value)).map(log);
  // Rounded first: log(1000)/log(10) is 2.9999999999999996.
  const snap = (exponent: number, round: (x: number) => number): number => round(Number(exponent.toFixed(9)));
  const low = usable.length > 0 ? snap(Math.min(...usable), Math.floor) : 0;
  const high = Math.max(low + 1, usable.length > 0 ? snap(Math.max(...usable), Math.ceil) : 1);
  const step = Math.max(1, Math.ceil((high - low) / (maxTicks - 1)));
  const ticks: number[] = [];
  for (let exponent = low; exponent <= high; exponent += step) ticks.push(base ** exponent);
  return {
    min: base ** low,
    max: base ** high,
    ticks,
    position: (value) => (log(value) - low) / (high - low),
  };
}
