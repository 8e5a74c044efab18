/** @file A logarithmic axis: a domain just around its values, positions in 0…1, ticks on powers of its base. Pure geometry. */

export interface LogAxis {
  readonly min: number;
  readonly max: number;
  /** The powers of the base inside the domain, thinned so that at most `maxTicks` remain. */
  readonly ticks: readonly number[];
  /** 0 at `min`, 1 at `max`; outside values go beyond. Values ≤ 0 have no place on the axis: `-Infinity`. */
  position(value: number): number;
}

/** An axis around all finite positive `values`, at least one step of `base` wide; without any, from 1 to `base`. `maxTicks` ≥ 2. */
export function logAxis(values: readonly number[], base: number, maxTicks = 8): LogAxis {
  const log = (value: number): number => Math.log(value) / Math.log(base);
  const usable = values.filter((value) => value > 0 && Number.isFinite(value)).map(log);
  const low = usable.length > 0 ? Math.min(...usable) : 0;
  const high = Math.max(low + 1, ...usable);
  // Rounded first: log(1000)/log(10) is 2.9999999999999996.
  const first = Math.ceil(Number(low.toFixed(9)));
  const last = Math.floor(Number(high.toFixed(9)));
  const step = Math.max(1, Math.ceil((last - first) / (maxTicks - 1)));
  const ticks: number[] = [];
  for (let exponent = first; exponent <= last; exponent += step) ticks.push(base ** exponent);
  return {
    min: base ** low,
    max: base ** high,
    ticks,
    position: (value) => (log(value) - low) / (high - low),
  };
}
