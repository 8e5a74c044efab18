import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { uniform } from '../random.ts';
import { inputTensor, type Picture } from '../../fixtures/input-tensor.ts';
import { centreCrop, regionOf, type ImageInput } from './image-input.ts';

/** 1e-6 of the range of a pixel: what single precision leaves. */
const EXACT = 255e-6;

function picture(size: number, seed: number): Uint8ClampedArray {
  const next = uniform(seed);
  return Uint8ClampedArray.from({ length: size * size * 4 }, () => Math.floor(256 * next()));
}

/** The tensor of a whole square picture. */
const tensorOf = (data: ArrayLike<number>, size: number, input: ImageInput): Float32Array =>
  inputTensor({ data, width: size, height: size }, { x: 0, y: 0, size }, input);

function inputOf(side: number, more: Partial<ImageInput> = {}): ImageInput {
  const rgb = {
    shape: [1, 3, side, side],
    colour: 'rgb',
    cropFraction: 1,
    mean: [0, 0, 0],
    std: [1, 1, 1],
  } as const;
  return { ...rgb, ...more };
}

/**
 * Triangle-filter resize of one channel of a square crop, straight from its definition: every output pixel weighs every
 * pixel of the picture by its distance in both directions. Source: Pillow, src/libImaging/Resample.c, with a box.
 */
function resized(
  { data, width, height }: Picture,
  channel: number,
  crop: { x: number; y: number; size: number },
  shape: readonly [height: number, width: number],
): number[] {
  const weigh = (start: number, to: number, out: number, sample: number): number => {
    const scale = crop.size / to;
    return Math.max(0, 1 - Math.abs(sample + 0.5 - start - (out + 0.5) * scale) / Math.max(1, scale));
  };
  return Array.from({ length: shape[0] * shape[1] }, (_, i) => {
    const [oy, ox] = [Math.floor(i / shape[1]), i % shape[1]];
    let [sum, total] = [0, 0];
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const weight = weigh(crop.y, shape[0], oy, y) * weigh(crop.x, shape[1], ox, x);
        sum += weight * (data[(y * width + x) * 4 + channel] ?? NaN);
        total += weight;
      }
    }
    return sum / total;
  });
}

function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a).toHaveLength(b.length);
  return Math.max(...Array.from(a, (value, i) => Math.abs(value - (b[i] ?? NaN))));
}

describe('centreCrop', () => {
  it.each([
    [640, 480, 1, { x: 80, y: 0, size: 480 }],
    [480, 640, 1, { x: 0, y: 80, size: 480 }],
    [640, 480, 0.875, { x: 110, y: 30, size: 420 }],
    [65, 33, 0.5, { x: 24.25, y: 8.25, size: 16.5 }],
  ])('%i × %i by %d', (width, height, fraction, expected) => {
    expect(centreCrop(width, height, fraction)).toEqual(expected);
  });
  it('always lies inside the picture', () => {
    const side = fc.integer({ min: 1, max: 5000 });
    fc.assert(
      fc.property(side, side, fc.double({ min: 0.01, max: 1, noNaN: true }), (width, height, fraction) => {
        const { x, y, size } = centreCrop(width, height, fraction);
        expect(Math.min(x, y)).toBeGreaterThanOrEqual(0);
        expect(x + size).toBeLessThanOrEqual(width);
        expect(y + size).toBeLessThanOrEqual(height);
      }),
    );
  });
});

describe('inputTensor', () => {
  it('separates the channels and leaves alpha out', () => {
    const rgba = [1, 2, 3, 255, 4, 5, 6, 0, 7, 8, 9, 9, 10, 11, 12, 128];
    expect(Array.from(tensorOf(rgba, 2, inputOf(2)))).toEqual([1, 4, 7, 10, 2, 5, 8, 11, 3, 6, 9, 12]);
  });

  it('normalises each channel by its own mean and deviation', () => {
    const input = inputOf(1, { mean: [127, 100, 0], std: [128, 50, 2] });
    expect(Array.from(tensorOf([255, 50, 10, 255], 1, input))).toEqual([1, -1, 5]);
  });

  it.each([
    [13, 5, 5],
    [5, 13, 13],
    [9, 9, 4],
    [8, 3, 11],
    [40, 7, 1],
  ])('resizes %i² to %i × %i as the definition says', (from, height, width) => {
    const data = picture(from, from);
    const tensor = tensorOf(data, from, inputOf(1, { shape: [1, 3, height, width] }));
    const whole = { x: 0, y: 0, size: from };
    const expected = [0, 1, 2].flatMap((c) =>
      resized({ data, width: from, height: from }, c, whole, [height, width]),
    );
    expect(largestDifference(tensor, expected)).toBeLessThan(EXACT);
  });

  it.each([
    [31, 23, 0.875, 9],
    [23, 31, 0.5, 16],
    [12, 9, 0.9, 5],
  ])('sees beyond the edge of the crop of %i × %i by %d', (width, height, fraction, side) => {
    const data = picture(Math.max(width, height), width).subarray(0, width * height * 4);
    const whole = { data, width, height };
    const crop = centreCrop(width, height, fraction);
    const expected = [0, 1, 2].flatMap((c) => resized(whole, c, crop, [side, side]));
    expect(largestDifference(inputTensor(whole, crop, inputOf(side)), expected)).toBeLessThan(EXACT);
  });

  it('needs no pixel outside of the region', () => {
    const [width, height] = [40, 30];
    const size = fc.integer({ min: 1, max: 50 });
    fc.assert(
      fc.property(size, fc.double({ min: 0.1, max: 1, noNaN: true }), (side, fraction) => {
        const data = picture(width, 5).subarray(0, width * height * 4);
        const crop = centreCrop(width, height, fraction);
        const input = inputOf(side);
        const region = regionOf(crop, width, height, input);
        const cut = Array.from({ length: region.height }, (_, y) => {
          const from = ((region.y + y) * width + region.x) * 4;
          return [...data.subarray(from, from + region.width * 4)];
        }).flat();
        const inside = { x: crop.x - region.x, y: crop.y - region.y, size: crop.size };
        const tensor = inputTensor({ ...region, data: cut }, inside, input);
        expect(largestDifference(tensor, inputTensor({ data, width, height }, crop, input))).toBeLessThan(
          EXACT,
        );
      }),
      { numRuns: 50 },
    );
  });

  it('gives what a ramp of eight columns comes to by hand', () => {
    // 8 → 3: scale 8/3. The first centre is 4/3, so columns 0 … 3 weigh 11, 15, 9 and 3 sixteenths: 10 · (15 + 18 + 9) / 38.
    const rgba = Array.from({ length: 64 }, (_, i) => [10 * (i % 8), 0, 0, 255]).flat();
    const red = tensorOf(rgba, 8, inputOf(3)).slice(0, 9);
    for (const [i, value] of red.entries())
      expect(value).toBeCloseTo([420 / 38, 35, 70 - 420 / 38][i % 3] ?? NaN, 3);
  });

  it('leaves a flat picture flat, whatever the sizes', () => {
    const side = fc.integer({ min: 1, max: 40 });
    fc.assert(
      fc.property(side, side, fc.nat({ max: 255 }), (from, to, level) => {
        const tensor = tensorOf(new Uint8Array(from * from * 4).fill(level), from, inputOf(to));
        expect(largestDifference(tensor, new Float32Array(3 * to * to).fill(level))).toBeLessThan(EXACT);
      }),
    );
  });

  it('weighs gray as BT.601 does', () => {
    const input = inputOf(1, { shape: [1, 1, 1, 1], colour: 'gray' });
    expect(tensorOf([255, 0, 0, 255], 1, input)[0]).toBeCloseTo(76.245, 3);
    expect(tensorOf([10, 20, 30, 255], 1, input)[0]).toBeCloseTo(2.99 + 11.74 + 3.42, 3);
  });
});

describe('polarity', () => {
  const input = inputOf(3, { shape: [1, 1, 3, 3], colour: 'gray', polarity: 'light-on-dark' });
  const ring = (border: number, centre: number): number[] =>
    Array.from({ length: 9 }, (_, i) => [0, 1, 2].map(() => (i === 4 ? centre : border)).concat(255)).flat();

  it('turns ink on paper into light on dark', () => {
    const tensor = tensorOf(ring(250, 0), 3, input);
    expect(tensor[0]).toBeCloseTo(5, 3);
    expect(tensor[4]).toBeCloseTo(255, 3);
  });
  it('leaves a picture with a dark border alone', () => {
    const tensor = tensorOf(ring(10, 250), 3, input);
    expect([tensor[0], tensor[4]].map((value) => Math.round(value ?? NaN))).toEqual([10, 250]);
  });
  it('leaves every picture alone where the model says nothing', () => {
    expect(tensorOf(ring(250, 0), 3, inputOf(3, { shape: [1, 1, 3, 3], colour: 'gray' }))[0]).toBeCloseTo(
      250,
      3,
    );
  });
});
