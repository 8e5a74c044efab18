/** @file Pictures through the GPU against the resize of core/image, which is what was evaluated. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { centreCrop, type ImageInput } from '../../core/image/image-input.ts';
import { Resampler } from '../../core/image/resampler.ts';
import { uniform } from '../../core/random.ts';
import { closeGpus, openHandle } from '../../fixtures/bench.ts';
import { programOf, relativeError } from '../../fixtures/random-program.ts';
import type { Program } from '../program.ts';
import { GpuEngine } from './engine.ts';
import { GpuProgram } from './gpu-program.ts';

let engine: GpuEngine;
beforeAll(async () => {
  engine = await GpuEngine.open(await openHandle());
});
afterAll(closeGpus);

const RGB: ImageInput = {
  shape: [1, 3, 20, 24],
  colour: 'rgb',
  cropFraction: 0.875,
  mean: [123.675, 116.28, 103.53],
  std: [58.395, 57.12, 57.375],
};
const DIGIT: ImageInput = {
  shape: [1, 1, 28, 28],
  colour: 'gray',
  cropFraction: 1,
  mean: [33.3184],
  std: [78.5675],
  polarity: 'light-on-dark',
};

/** The input as it is: an activation without bounds. */
function identity({ shape: [, channels, height, width] }: ImageInput): Program {
  const input = { channels, height, width };
  const spec = { kernel: [1, 1], strides: [1, 1], dilations: [1, 1], pads: [0, 0, 0, 0] } as const;
  const clamp = { min: -Infinity, max: Infinity };
  return programOf({ input, steps: [{ kind: 'add', channels, ...spec, clamp, adds: false }], seed: 1 });
}

/** Opaque pixels whose colours lie between `low` and `high`, a ring of `border` around them. */
function pixelsOf(
  width: number,
  height: number,
  [low, high]: readonly [number, number],
  border: number | null,
) {
  const next = uniform(width + height);
  return Uint8ClampedArray.from({ length: 4 * width * height }, (_, i) => {
    const [x, y] = [(i >> 2) % width, Math.floor((i >> 2) / width)];
    if (i % 4 === 3) return 255;
    const isBorder = border !== null && (x < 4 || y < 4 || x >= width - 4 || y >= height - 4);
    return isBorder ? border : low + (high - low) * next();
  });
}

describe.each([
  ['shrunk', 61, 47, RGB, null],
  ['stretched', 17, 15, RGB, null],
  ['of its own size', 28, 28, DIGIT, null],
  ['dark on light', 64, 80, DIGIT, 255],
  ['light on dark', 64, 80, DIGIT, 0],
] as const)('a picture %s', (_, width, height, input, border) => {
  it('becomes what the resampler makes of it', async () => {
    const bytes = pixelsOf(width, height, [0, 255], border);
    const bitmap = await createImageBitmap(new ImageData(bytes, width, height), {
      colorSpaceConversion: 'none',
      premultiplyAlpha: 'none',
    });
    const [, channels, rows, columns] = input.shape;
    const expected = new Float32Array(channels * rows * columns);
    const crop = centreCrop(width, height, input.cropFraction);
    new Resampler({ width, height }, crop, input).read(new Uint32Array(bytes.buffer), expected);
    const program = await GpuProgram.load(engine, identity(input), { selectSeconds: 0 });
    expect(relativeError(await program.runPicture(bitmap, input), expected)).toBeLessThan(1e-5);
    // From the same texture and tables again.
    expect(relativeError(await program.runPicture(bitmap, input), expected)).toBeLessThan(1e-5);
    bitmap.close();
    program.dispose();
  });
});
