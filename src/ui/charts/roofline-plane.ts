/** @file What the Roofline chart draws, and where: roofs, ceilings, points, and the log-log plane that holds them all. */
import { logAxis, type LogAxis } from '../../core/chart/log-axis.ts';
import { attainablePerformance, ridgePoint, type Roofline } from '../../core/roofline/roofline.ts';
import type { Tone } from './tone.ts';

/** Whatever can be pointed at, or stepped to with the keyboard. */
export interface Readable {
  readonly id: string;
  readonly label: string;
  /** What follows the label, in words. */
  readonly reading: string;
}

/** A layer of the model. */
export interface RooflinePoint extends Readable {
  readonly tone: Tone;
  /** FLOP/byte, > 0. */
  readonly operationalIntensity: number;
  /** FLOP/s that the roof allows. */
  readonly attainable: number;
  /** FLOP/s it ran at; null before it ran. */
  readonly achieved: number | null;
  /** Share of the model's time, 0…1. */
  readonly share: number;
}

export interface RoofSeries extends Readable {
  readonly tone: Tone;
  readonly roof: Roofline;
  /** 0 for this device; other devices differ by dash and marker as well. */
  readonly device: number;
}

/** Another arithmetic on the same processor: a thin horizontal. */
export interface CeilingLine extends Readable {
  /** Written on the line. */
  readonly text: string;
  readonly tone: Tone;
  /** The roof it belongs to. */
  readonly roof: Roofline;
  /** FLOP/s, or integer operations/s. */
  readonly performance: number;
}

/** A memory level of a processor: a slope that ends at its roof. */
export interface LevelLine extends Readable {
  readonly text: string;
  readonly tone: Tone;
  readonly roof: Roofline;
  readonly bandwidthBytesPerSecond: number;
  /** The slope of the roof itself, drawn with it. */
  readonly isMemory: boolean;
}

/** One point of an intensity sweep. */
export interface SweepMark extends Readable {
  readonly tone: Tone;
  /** FLOP/byte. */
  readonly operationalIntensity: number;
  readonly flopPerSecond: number;
}

export interface Plane {
  readonly x: (operationalIntensity: number) => number;
  readonly y: (flopPerSecond: number) => number;
  readonly right: number;
  readonly bottom: number;
  readonly xAxis: LogAxis;
}

/** Everything that may be drawn. */
export interface Drawn {
  readonly roofs: readonly RoofSeries[];
  readonly points: readonly RooflinePoint[];
  readonly ceilings?: readonly CeilingLine[];
  readonly levels?: readonly LevelLine[];
  readonly sweep?: readonly SweepMark[];
}

export const MARGIN = { left: 46, right: 12, top: 26, bottom: 40 };
export const GIGA = 1e9;

/** FLOP/byte where a level meets the roof. */
export const ridgeOf = ({ roof, bandwidthBytesPerSecond }: LevelLine): number =>
  roof.peakFlopPerSecond / bandwidthBytesPerSecond;

/** Domains hold every roof from three octaves left of its ridge to two right, two octaves of every cache, and every point. */
export function planeOf(
  { roofs, points, ceilings = [], levels = [], sweep = [] }: Drawn,
  width: number,
  height: number,
) {
  const ridges = roofs.map(({ roof }) => ridgePoint(roof));
  const intensities = [
    ...[...points, ...sweep].map((point) => point.operationalIntensity),
    ...ridges.flatMap((r) => [r / 8, r * 4]),
    ...levels.map((level) => ridgeOf(level) / 4),
  ];
  const xAxis = logAxis(intensities, 2, width < 500 ? 6 : 12);
  const heights = [
    ...roofs.flatMap(({ roof }) => [roof.peakFlopPerSecond * 2.4, attainablePerformance(roof, xAxis.min)]),
    ...points.flatMap(({ attainable, achieved }) => [attainable, achieved ?? attainable]),
    ...ceilings.flatMap(({ performance }) => [performance * 0.8, performance * 2]),
    ...sweep.map(({ flopPerSecond }) => flopPerSecond),
  ];
  const yAxis = logAxis(
    heights.map((value) => value / GIGA),
    10,
  );
  const [right, bottom] = [width - MARGIN.right, height - MARGIN.bottom];
  const plane: Plane = {
    x: (value) => MARGIN.left + xAxis.position(value) * (right - MARGIN.left),
    y: (value) => bottom - yAxis.position(value / GIGA) * (bottom - MARGIN.top),
    right,
    bottom,
    xAxis,
  };
  return { plane, xAxis, yAxis };
}
