import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { attainablePerformance, ridgePoint, type Roofline } from '../../core/roofline/roofline.ts';
import {
  MARGIN,
  planeOf,
  ridgeOf,
  type LevelLine,
  type RooflinePoint,
  type RoofSeries,
} from './roofline-plane.ts';

const roofOf = (peakFlopPerSecond: number, bandwidthBytesPerSecond: number): RoofSeries => {
  const roof: Roofline = {
    processor: 'wasm:1',
    peakFlopPerSecond,
    bandwidthBytesPerSecond,
    metricIds: ['wasm:1.fma.simd', 'wasm:1.copy'],
  };
  return { id: '0 wasm:1', label: 'WASM', reading: '', tone: 'cpu', roof, device: 0 };
};

const pointOf = (
  operationalIntensity: number,
  attainable: number,
  achieved: number | null = null,
): RooflinePoint => ({
  id: 'p',
  label: 'p',
  tone: 'cpu',
  operationalIntensity,
  attainable,
  achieved,
  share: 1,
  reading: '',
});

const ROOF = roofOf(50e9, 10e9);
const [WIDTH, HEIGHT] = [900, 420];

describe('planeOf', () => {
  it('puts the corners of its domain on the corners inside the margins', () => {
    const { plane, xAxis, yAxis } = planeOf({ roofs: [ROOF], points: [] }, WIDTH, HEIGHT);
    expect([plane.right, plane.bottom]).toEqual([WIDTH - MARGIN.right, HEIGHT - MARGIN.bottom]);
    expect(plane.x(xAxis.min)).toBeCloseTo(MARGIN.left, 6);
    expect(plane.x(xAxis.max)).toBeCloseTo(plane.right, 6);
    // The axis is in GFLOP/s, the plane in FLOP/s.
    expect(plane.y(yAxis.min * 1e9)).toBeCloseTo(plane.bottom, 6);
    expect(plane.y(yAxis.max * 1e9)).toBeCloseTo(MARGIN.top, 6);
  });
  it('shows a roof from three octaves left of its ridge to two right', () => {
    const { xAxis } = planeOf({ roofs: [ROOF], points: [] }, WIDTH, HEIGHT);
    expect(ridgePoint(ROOF.roof)).toBe(5);
    expect(xAxis.min).toBeCloseTo(5 / 8, 9);
    expect(xAxis.max).toBeCloseTo(20, 9);
  });
  it('draws equal factors equally far apart, to the right and upwards', () => {
    const { plane } = planeOf({ roofs: [ROOF], points: [] }, WIDTH, HEIGHT);
    expect(plane.x(4) - plane.x(2)).toBeCloseTo(plane.x(2) - plane.x(1), 6);
    expect(plane.x(4)).toBeGreaterThan(plane.x(2));
    expect(plane.y(8e9) - plane.y(4e9)).toBeCloseTo(plane.y(4e9) - plane.y(2e9), 6);
    expect(plane.y(8e9)).toBeLessThan(plane.y(4e9));
  });
  it('draws the slanted part of every roof at the same angle', () => {
    const { plane } = planeOf({ roofs: [ROOF, roofOf(400e9, 30e9)], points: [] }, WIDTH, HEIGHT);
    const rise = (roof: Roofline): number =>
      plane.y(attainablePerformance(roof, 1)) - plane.y(attainablePerformance(roof, 2));
    expect(rise(ROOF.roof)).toBeCloseTo(rise(roofOf(400e9, 30e9).roof), 6);
  });
  it('gives a narrow chart fewer ticks', () => {
    const wide = planeOf({ roofs: [roofOf(1e12, 1e9)], points: [pointOf(0.1, 1e8)] }, 900, HEIGHT).xAxis.ticks
      .length;
    const narrow = planeOf({ roofs: [roofOf(1e12, 1e9)], points: [pointOf(0.1, 1e8)] }, 390, HEIGHT).xAxis
      .ticks.length;
    expect(narrow).toBeLessThanOrEqual(6);
    expect(wide).toBeGreaterThan(narrow);
  });
  it('stands without roofs and points', () => {
    const { plane } = planeOf({ roofs: [], points: [] }, WIDTH, HEIGHT);
    expect(Number.isFinite(plane.x(1)) && Number.isFinite(plane.y(1e9))).toBe(true);
  });
  it('makes room for caches, other ceilings and sweeps', () => {
    const shared = { id: '', label: '', reading: '', text: '', tone: 'cpu', roof: ROOF.roof } as const;
    const level: LevelLine = { ...shared, bandwidthBytesPerSecond: 100e9, isMemory: false };
    const sweep = { ...shared, operationalIntensity: 128, flopPerSecond: 1e9 };
    const { plane, xAxis, yAxis } = planeOf(
      {
        roofs: [ROOF],
        points: [],
        levels: [level],
        ceilings: [{ ...shared, performance: 400e9 }],
        sweep: [sweep],
      },
      WIDTH,
      HEIGHT,
    );
    expect(ridgeOf(level)).toBe(0.5);
    expect([xAxis.min, xAxis.max]).toEqual([expect.closeTo(0.125, 9), expect.closeTo(128, 9)]);
    expect(plane.y(400e9)).toBeGreaterThan(MARGIN.top);
    expect(yAxis.min).toBeCloseTo(1, 9);
  });

  it('holds every roof and every point', () => {
    const positive = (min: number, max: number) => fc.double({ min, max, noNaN: true });
    const roofs = fc.array(fc.tuple(positive(1e8, 1e14), positive(1e8, 1e12)), {
      minLength: 1,
      maxLength: 4,
    });
    const points = fc.array(
      fc.tuple(positive(1e-2, 1e4), positive(1e6, 1e14), fc.option(positive(1e6, 1e14))),
      { maxLength: 20 },
    );
    fc.assert(
      fc.property(roofs, points, (someRoofs, somePoints) => {
        const series = someRoofs.map(([peak, bandwidth]) => roofOf(peak, bandwidth));
        const dots = somePoints.map(([intensity, attainable, achieved]) =>
          pointOf(intensity, attainable, achieved),
        );
        const { plane, xAxis } = planeOf({ roofs: series, points: dots }, WIDTH, HEIGHT);
        const inside = (x: number, y: number): void => {
          expect(x).toBeGreaterThanOrEqual(MARGIN.left - 1e-6);
          expect(x).toBeLessThanOrEqual(plane.right + 1e-6);
          expect(y).toBeGreaterThanOrEqual(MARGIN.top - 1e-6);
          expect(y).toBeLessThanOrEqual(plane.bottom + 1e-6);
        };
        for (const { roof } of series) {
          inside(plane.x(ridgePoint(roof)), plane.y(roof.peakFlopPerSecond));
          inside(plane.x(xAxis.min), plane.y(attainablePerformance(roof, xAxis.min)));
          // Room for its name above it.
          expect(plane.y(roof.peakFlopPerSecond)).toBeGreaterThan(MARGIN.top);
        }
        for (const { operationalIntensity, attainable, achieved } of dots) {
          inside(plane.x(operationalIntensity), plane.y(attainable));
          inside(plane.x(operationalIntensity), plane.y(achieved ?? attainable));
        }
      }),
    );
  });
});
