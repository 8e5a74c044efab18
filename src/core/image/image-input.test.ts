import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { uniform } from '../random.ts';
import { centreCrop, inputTensor, type ImageInput } from './image-input.ts';

function picture(size: number, seed: number): Uint8ClampedArray {
  const next = uniform(seed);
  return Uint8ClampedArray.from({ length: size * size * 4 }, () => Math.floor(256 * next()));
}

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
 * Triangle-filter resize of one channel, straight from its definition: every output pixel weighs every input pixel by its
 * distance in both directions. Source of the definition: Pillow, src/libImaging/Resample.c.
 */
function resized(
  at: (y: number, x: number) => number,
  from: number,
  height: number,
  width: number,
): number[] {
  const weigh = (to: number, out: number, sample: number): number => {
    const scale = from / to;
    return Math.max(0, 1 - Math.abs(sample + 0.5 - (out + 0.5) * scale) / Math.max(1, scale));
  };
  return Array.from({ length: height * width }, (_, i) => {
    const [oy, ox] = [Math.floor(i / width), i % width];
    let [sum, total] = [0, 0];
    for (let y = 0; y < from; y++) {
      for (let x = 0; x < from; x++) {
        const weight = weigh(height, oy, y) * weigh(width, ox, x);
        sum += weight * at(y, x);
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
    [1, 1, 0.1, { x: 0, y: 0, size: 1 }],
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
    expect(Array.from(inputTensor(rgba, 2, inputOf(2)))).toEqual([1, 4, 7, 10, 2, 5, 8, 11, 3, 6, 9, 12]);
  });

  it('normalises each channel by its own mean and deviation', () => {
    const input = inputOf(1, { mean: [127, 100, 0], std: [128, 50, 2] });
    expect(Array.from(inputTensor([255, 50, 10, 255], 1, input))).toEqual([1, -1, 5]);
  });

  it.each([
    [13, 5, 5],
    [5, 13, 13],
    [9, 9, 4],
    [8, 3, 11],
    [40, 7, 1],
  ])('resizes %i² to %i × %i as the definition says', (from, height, width) => {
    const rgba = picture(from, from);
    const tensor = inputTensor(rgba, from, inputOf(1, { shape: [1, 3, height, width] }));
    const expected = [0, 1, 2].flatMap((c) =>
      resized((y, x) => rgba[(y * from + x) * 4 + c] ?? NaN, from, height, width),
    );
    expect(largestDifference(tensor, expected)).toBeLessThan(1e-3);
  });

  it('gives what a ramp of eight columns comes to by hand', () => {
    // 8 → 3: scale 8/3. The first centre is 4/3, so columns 0 … 3 weigh 11, 15, 9 and 3 sixteenths: 10 · (15 + 18 + 9) / 38.
    const rgba = Array.from({ length: 64 }, (_, i) => [10 * (i % 8), 0, 0, 255]).flat();
    const red = inputTensor(rgba, 8, inputOf(3)).slice(0, 9);
    for (const [i, value] of red.entries())
      expect(value).toBeCloseTo([420 / 38, 35, 70 - 420 / 38][i % 3] ?? NaN, 3);
  });

  it('leaves a flat picture flat, whatever the sizes', () => {
    const side = fc.integer({ min: 1, max: 40 });
    fc.assert(
      fc.property(side, side, fc.nat({ max: 255 }), (from, to, level) => {
        const tensor = inputTensor(new Uint8Array(from * from * 4).fill(level), from, inputOf(to));
        expect(largestDifference(tensor, new Float32Array(3 * to * to).fill(level))).toBeLessThan(1e-3);
      }),
    );
  });

  it('weighs gray as BT.601 does', () => {
    const input = inputOf(1, { shape: [1, 1, 1, 1], colour: 'gray' });
    expect(inputTensor([255, 0, 0, 255], 1, input)[0]).toBeCloseTo(76.245, 3);
    expect(inputTensor([10, 20, 30, 255], 1, input)[0]).toBeCloseTo(2.99 + 11.74 + 3.42, 3);
  });
});

describe('polarity', () => {
  const input = inputOf(3, { shape: [1, 1, 3, 3], colour: 'gray', polarity: 'light-on-dark' });
  const ring = (border: number, centre: number): number[] =>
    Array.from({ length: 9 }, (_, i) => [0, 1, 2].map(() => (i === 4 ? centre : border)).concat(255)).flat();

  it('turns ink on paper into light on dark', () => {
    const tensor = inputTensor(ring(250, 0), 3, input);
    expect(tensor[0]).toBeCloseTo(5, 3);
    expect(tensor[4]).toBeCloseTo(255, 3);
  });
  it('leaves a picture with a dark border alone', () => {
    const tensor = inputTensor(ring(10, 250), 3, input);
    expect([tensor[0], tensor[4]].map((value) => Math.round(value ?? NaN))).toEqual([10, 250]);
  });
  it('leaves every picture alone where the model says nothing', () => {
    expect(inputTensor(ring(250, 0), 3, inputOf(3, { shape: [1, 1, 3, 3], colour: 'gray' }))[0]).toBeCloseTo(
      250,
      3,
    );
  });
});
