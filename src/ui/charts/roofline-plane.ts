/** @file What the Roofline chart draws, and where: points, roofs, and the log-log plane that holds them all. */
import { logAxis, type LogAxis } from '../../core/chart/log-axis.ts';
import { attainablePerformance, ridgePoint, type Roofline } from '../../core/roofline/roofline.ts';
import type { Tone } from './tone.ts';

export interface RooflinePoint {
  readonly id: string;
  readonly label: string;
  readonly tone: Tone;
  /** FLOP/byte, > 0. */
  readonly operationalIntensity: number;
  /** FLOP/s that the roof allows. */
  readonly attainable: number;
  /** FLOP/s it ran at; null before it ran. */
  readonly achieved: number | null;
  /** Share of the model's time, 0…1. */
  readonly share: number;
  /** The point in words. */
  readonly reading: string;
}

export interface RoofSeries {
  readonly id: string;
  readonly label: string;
  readonly tone: Tone;
  readonly roof: Roofline;
  /** 0 for this device; other devices differ by dash and marker as well. */
  readonly device: number;
}

export interface Plane {
  readonly x: (operationalIntensity: number) => number;
  readonly y: (flopPerSecond: number) => number;
  readonly right: number;
  readonly bottom: number;
  readonly xAxis: LogAxis;
}

export const MARGIN = { left: 46, right: 12, top: 26, bottom: 40 };
export const GIGA = 1e9;

/** Domains hold every roof from three octaves left of its ridge to two right, and every point. */
export function planeOf(
  roofs: readonly RoofSeries[],
  points: readonly RooflinePoint[],
  width: number,
  height: number,
) {
  const ridges = roofs.map(({ roof }) => ridgePoint(roof));
  const intensities = [
    ...points.map((point) => point.operationalIntensity),
    ...ridges.flatMap((r) => [r / 8, r * 4]),
  ];
  const xAxis = logAxis(intensities, 2, width < 500 ? 6 : 12);
  const heights = [
    ...roofs.flatMap(({ roof }) => [roof.peakFlopPerSecond * 2.4, attainablePerformance(roof, xAxis.min)]),
    ...points.flatMap(({ attainable, achieved }) => [attainable, achieved ?? attainable]),
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
