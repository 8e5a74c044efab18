import { describe, expect, it } from 'vitest';
import { centreCrop, type ImageInput } from '../core/image/image-input.ts';
import { uniform } from '../core/random.ts';
import { inputTensor } from '../fixtures/input-tensor.ts';
import { must } from '../fixtures/workers.ts';
import { clearPad, decodeImage, openClip, openImage, openPad } from '../platform/canvas-source.ts';
import type { FrameSource } from '../platform/frame-source.ts';
import { FrameInput } from './frame-input.ts';
import { sizeOf } from './picture.ts';

const [WIDTH, HEIGHT] = [50, 38];
const RGB: ImageInput = {
  shape: [1, 3, 16, 16],
  colour: 'rgb',
  cropFraction: 0.875,
  mean: [127, 120, 110],
  std: [128, 60, 50],
};

/** Noise, opaque unless `alpha` says otherwise. */
function noise(seed: number, alpha = 255): ImageData {
  const next = uniform(seed);
  const pixels = new Uint8ClampedArray(WIDTH * HEIGHT * 4).map((_, i) =>
    i % 4 === 3 ? alpha : Math.floor(256 * next()),
  );
  return new ImageData(pixels, WIDTH, HEIGHT);
}

async function pngOf(image: ImageData): Promise<Blob> {
  const canvas = new OffscreenCanvas(image.width, image.height);
  canvas.getContext('2d')?.putImageData(image, 0, 0);
  return canvas.convertToBlob({ type: 'image/png' });
}

/** The tensor by core's arithmetic alone, of the whole picture: no canvas. */
function reference(image: ImageData, input: ImageInput): Float32Array {
  return inputTensor(image, centreCrop(image.width, image.height, input.cropFraction), input);
}

/** Equal but for the order of a few additions: the canvas holds only a part of the picture. */
function expectEqual(actual: Float32Array, expected: Float32Array): void {
  expect(actual).toHaveLength(expected.length);
  expect(Math.max(...actual.map((value, i) => Math.abs(value - (expected[i] ?? NaN))))).toBeLessThan(1e-5);
}

async function tensorOf(source: FrameSource, frames: FrameInput): Promise<Float32Array> {
  const bitmap = await source.capture();
  const tensor = (await frames.tensorOf(bitmap)).slice();
  bitmap.close();
  return tensor;
}

async function photo(image: ImageData): Promise<FrameSource> {
  return must(await openImage(await pngOf(image), 'noise.png'));
}

/** Runs a source for some animation frames. */
function play(source: FrameSource, frames: number): Promise<void> {
  return new Promise((resolve) => {
    let left = frames;
    source.start(() => {
      left -= 1;
      if (left > 0) return;
      source.stop();
      resolve();
    });
  });
}

describe('a frame of a drawn source', () => {
  it.each([
    ['RGB', RGB],
    ['RGB at its own size', { ...RGB, shape: [1, 3, 33, 33] }],
    [
      'gray',
      { ...RGB, shape: [1, 1, 28, 28], colour: 'gray', mean: [33], std: [78], polarity: 'light-on-dark' },
    ],
  ] as const)('becomes the tensor of core/image: %s', async (_, input) => {
    const image = noise(1);
    expectEqual(await tensorOf(await photo(image), new FrameInput(input)), reference(image, input));
  });

  it('does not depend on the frame before it', async () => {
    const frames = new FrameInput(RGB);
    const [opaque, clear] = [noise(2), noise(3, 90)];
    const alone = await tensorOf(await photo(clear), new FrameInput(RGB));
    await tensorOf(await photo(opaque), frames);
    expect(await tensorOf(await photo(clear), frames)).toEqual(alone);
    expectEqual(await tensorOf(await photo(opaque), frames), reference(opaque, RGB));
  });

  it('does not change while a still picture plays, even one that lets light through', async () => {
    const source = await photo(noise(4, 90));
    const first = await tensorOf(source, new FrameInput(RGB));
    await play(source, 4);
    expect(await tensorOf(source, new FrameInput(RGB))).toEqual(first);
  });
});

describe('sources', () => {
  it('announce frames until they are stopped', async () => {
    const source = await photo(noise(5));
    const times: number[] = [];
    await new Promise<void>((resolve) => {
      source.start((captured) => {
        times.push(captured);
        if (times.length === 3) resolve();
      });
    });
    source.stop();
    const seen = times.length;
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    expect(times).toHaveLength(seen);
    expect(times.toSorted((a, b) => a - b)).toEqual(times);
  });

  it('refuse what is no picture, by name', async () => {
    const junk = new Blob(['no picture'], { type: 'image/png' });
    const error = { code: 'image-invalid', name: 'junk.png' };
    expect(await decodeImage(junk, 'junk.png')).toEqual({ ok: false, error });
    expect(await openImage(junk, 'junk.png')).toEqual({ ok: false, error });
  });

  it('reads a frame of a video as it was decoded, and one that is shown turned or stretched through a canvas', async () => {
    const side = 64;
    // Even colours: where they lie in a frame of video does not matter then.
    const planes = new Uint8Array((side * side * 3) / 2).fill(128).fill(180, 0, side * side);
    const init = { format: 'I420', codedWidth: side, codedHeight: side, timestamp: 0 } as const;
    const frames = new FrameInput(RGB);
    for (const more of [{}, { displayWidth: 2 * side, displayHeight: side }]) {
      const frame = new VideoFrame(planes, { ...init, ...more });
      const bitmap = await createImageBitmap(frame);
      const direct = (await frames.tensorOf(frame)).slice();
      const drawn = await frames.tensorOf(bitmap);
      const levels = direct.map((value, i) => Math.abs(value - (drawn[i] ?? NaN)) * (RGB.std[i >> 8] ?? NaN));
      // Two conversions of the same colour may round apart.
      expect(Math.max(...levels)).toBeLessThanOrEqual(2);
      frame.close();
      bitmap.close();
    }
  });

  it('the clip shows its pictures and says which file is missing', async () => {
    const url = URL.createObjectURL(await pngOf(noise(6)));
    const clip = must(await openClip([url]));
    const bitmap = await clip.capture();
    expect(sizeOf(bitmap)).toEqual({ width: 640, height: 480 });
    URL.revokeObjectURL(url);
    expect(await openClip([url])).toMatchObject({ ok: false, error: { code: 'fetch-failed', status: null } });
  });

  it('the pad is drawn on with a pointer and wiped', async () => {
    const pad = openPad();
    const canvas = pad.element as HTMLCanvasElement;
    document.body.append(canvas);
    const box = canvas.getBoundingClientRect();
    const at = (type: string, x: number): void => {
      const point = { clientX: box.left + x, clientY: box.top + box.height / 2, buttons: 1, pointerId: 1 };
      try {
        canvas.dispatchEvent(new PointerEvent(type, point));
      } catch {
        // A made-up pointer cannot be captured; drawing goes on without.
      }
    };
    at('pointerdown', 40);
    at('pointermove', 200);
    const input: ImageInput = {
      ...RGB,
      shape: [1, 1, 28, 28],
      colour: 'gray',
      mean: [0],
      std: [1],
      cropFraction: 1,
    };
    const drawn = await tensorOf(pad, new FrameInput(input));
    expect(Math.max(...drawn)).toBeGreaterThan(200);
    clearPad(canvas);
    expect(Math.max(...(await tensorOf(pad, new FrameInput(input))))).toBe(0);
    canvas.remove();
  });
});
