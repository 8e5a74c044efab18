/**
 * @file An axis whose ticks are round numbers (1, 2, 5 times a power of ten): linear, or logarithmic where its values span
 * too much for that. Pure geometry.
 */
export interface RoundAxis {
  readonly min: number;
  readonly max: number;
  /** Ascending, inside the domain. */
  readonly ticks: readonly number[];
  /** 0 at `min`, 1 at `max`; values outside go beyond. */
  position(value: number): number;
}

/** Largest over smallest value from which on an axis is logarithmic: before it the lower half still reads well. */
const LOG_FROM = 4;
/** Ticks within a power of ten, the most first. */
const MANTISSAS: readonly (readonly number[])[] = [
  [1, 1.5, 2, 3, 4, 5, 6, 8],
  [1, 2, 3, 5],
  [1, 2, 5],
  [1, 3],
  [1],
];

const usable = (values: readonly number[]): readonly number[] => values.filter(Number.isFinite);

/** Free of what binary fractions add: 0.30000000000000004. */
const clean = (value: number): number => Number(value.toPrecision(12));

/** The least of 1, 2, 5 × 10ⁿ that is no less than `value` > 0. */
function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  const step = [1, 2, 5, 10].find((each) => each * power >= value * (1 - 1e-9)) ?? 10;
  return clean(step * power);
}

/** From one tick to another around all finite `values`; at most `maxTicks` (≥ 2) of them. */
export function linearAxis(values: readonly number[], maxTicks = 7): RoundAxis {
  const finite = usable(values);
  const low = finite.length > 0 ? Math.min(...finite) : 0;
  const most = finite.length > 0 ? Math.max(...finite) : 1;
  // What differs by rounding alone is one value.
  const isSpan = most - low > 1e-9 * Math.max(Math.abs(low), Math.abs(most));
  const high = isSpan ? most : low + (Math.abs(low) || 1) / 10;
  // Rounding outwards may take a step at either end.
  let step = roundUp((high - low) / (maxTicks - 1));
  while (Math.ceil(high / step - 1e-9) - Math.floor(low / step + 1e-9) > maxTicks - 1)
    step = roundUp(step * 1.5);
  const [first, last] = [Math.floor(low / step + 1e-9), Math.ceil(high / step - 1e-9)];
  const ticks = Array.from({ length: last - first + 1 }, (_, i) => clean((first + i) * step));
  const [min, max] = [clean(first * step), clean(last * step)];
  return { min, max, ticks, position: (value) => (value - min) / (max - min) };
}

/** Around all positive finite `values`, a twentieth of the span wider at either end; without any, from 1 to 10. */
export function logRoundAxis(values: readonly number[], maxTicks = 7): RoundAxis {
  const positive = usable(values).filter((value) => value > 0);
  const low = Math.log10(positive.length > 0 ? Math.min(...positive) : 1);
  const high = Math.max(low + 0.1, Math.log10(positive.length > 0 ? Math.max(...positive) : 10));
  const room = positive.length > 0 ? (high - low) / 20 : 0;
  const [from, to] = [low - room, high + room];
  const ticksOf = (mantissas: readonly number[]): readonly number[] =>
    Array.from({ length: Math.floor(to) - Math.floor(from) + 1 }, (_, i) =>
      mantissas.map((mantissa) => clean(mantissa * 10 ** (Math.floor(from) + i))),
    )
      .flat()
      .filter((tick) => Math.log10(tick) >= from - 1e-9 && Math.log10(tick) <= to + 1e-9);
  const ticks = MANTISSAS.map(ticksOf).find(({ length }) => length <= maxTicks) ?? ticksOf([1]);
  return {
    min: 10 ** from,
    max: 10 ** to,
    ticks,
    position: (value) => (Math.log10(value) - from) / (to - from),
  };
}

/** Logarithmic where the values are all positive and the largest is at least four times the smallest. */
export function roundAxis(values: readonly number[], maxTicks?: number): RoundAxis {
  const finite = usable(values);
  const low = Math.min(...finite);
  return low > 0 && Math.max(...finite) >= LOG_FROM * low
    ? logRoundAxis(values, maxTicks)
    : linearAxis(values, maxTicks);
}
