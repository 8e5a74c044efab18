/** @file Both ways of a picture into a segment: real ones on WebGPU, and made-up ones whose times and faults are known. */
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { ImageInput } from '../core/image/image-input.ts';
import { serializeModel } from '../core/onnx/serialize.ts';
import { prepareModel } from '../core/prepare-model.ts';
import { uniform } from '../core/random.ts';
import { differenceOf } from '../core/reparam/equivalence.ts';
import { GpuProgram } from '../engine/webgpu/gpu-program.ts';
import { tinyLoadedModel } from '../fixtures/loaded-model.ts';
import { closeAll, must, openTinyModel, type TinyModel } from '../fixtures/workers.ts';
import { Engines } from './engines.ts';
import { FrameInput } from './frame-input.ts';
import { PictureRun, TRIED_FRAMES } from './picture-run.ts';
import type { Picture } from './picture.ts';
import type { Segment } from './processor.ts';

const LAST_UNIT = 6;
const [WIDTH, HEIGHT] = [64, 48];
const { input: INPUT } = tinyLoadedModel().manifest;

/** Smooth colours with some noise, another picture a seed. */
function bitmapOf(seed: number): Promise<ImageBitmap> {
  const next = uniform(seed);
  const pixels = Uint8ClampedArray.from({ length: 4 * WIDTH * HEIGHT }, (_, i) => {
    const [x, y] = [(i >> 2) % WIDTH, Math.floor((i >> 2) / WIDTH)];
    return i % 4 === 3 ? 255 : 128 + 90 * Math.sin((x + y * (i % 4)) / (5 + seed)) + 30 * next();
  });
  return createImageBitmap(new ImageData(pixels, WIDTH, HEIGHT));
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const tensorOf = Object.getOwnPropertyDescriptor(FrameInput.prototype, 'tensorOf')
  ?.value as FrameInput['tensorOf'];

/** Makes the way by tensors lose, whatever the machine. */
const slowTensors = () =>
  vi.spyOn(FrameInput.prototype, 'tensorOf').mockImplementation(async function (this: FrameInput, picture) {
    await sleep(300);
    return tensorOf.call(this, picture);
  });

/** Breaks our engine on the GPU, as a driver would. */
function breakEngine(): void {
  for (const method of ['run', 'runPicture'] as const)
    vi.spyOn(GpuProgram.prototype, method).mockRejectedValue(new Error('it was broken for a test'));
}

afterEach(() => {
  vi.restoreAllMocks();
});

let model: TinyModel;
let gpu: Engines;
let wasm: Engines;
beforeAll(async () => {
  model = await openTinyModel();
  gpu = must(await Engines.open('webgpu'));
  wasm = must(await Engines.open('wasm:1'));
});
afterAll(closeAll);

async function load(engines: Engines, to = LAST_UNIT): Promise<Segment> {
  return (await engines.load(must(await model.segments(0, to)), 'fused')).segment;
}

/** What the CPU makes of a picture: our resize, our engine on WASM, at their own pace. */
async function onCpu(
  segment: Segment,
  picture: ImageBitmap,
  input: ImageInput = INPUT,
): Promise<Float32Array> {
  return segment.run(await tensorOf.call(new FrameInput(input), picture));
}

const expectedOf = async (segment: Segment, seed: number): Promise<Float32Array> =>
  onCpu(segment, await bitmapOf(seed));

const worst = (a: Float32Array, b: Float32Array): number => differenceOf(a, b).maxRelDifference;

describe('a picture on WebGPU', () => {
  it.each([
    ['the whole model', LAST_UNIT],
    ['up to a cut: an activation comes out', 2],
  ])('%s: gives what the CPU path gives, frame by frame', async (_, to) => {
    const tensors = slowTensors();
    const [segment, reference] = [await load(gpu, to), await load(wasm, to)];
    const pictures = vi.spyOn(GpuProgram.prototype, 'runPicture');
    const run = new PictureRun(segment, INPUT);
    const outputs: Float32Array[] = [];
    for (let seed = 0; seed < TRIED_FRAMES + 3; seed++)
      outputs.push((await run.run(await bitmapOf(seed))).output);
    // After the first frames only as they are.
    expect(tensors).toHaveBeenCalledTimes(TRIED_FRAMES);
    expect(pictures).toHaveBeenCalledTimes(TRIED_FRAMES + 3);
    for (const [seed, output] of outputs.entries())
      expect(worst(await expectedOf(reference, seed), output)).toBeLessThan(1e-4);
    expect(worst(outputs[4] ?? new Float32Array(), outputs[5] ?? new Float32Array())).toBeGreaterThan(0.01);
    await segment.dispose();
    await reference.dispose();
  });

  it('gray digits, inverted where they are dark on light, as the CPU makes them', async () => {
    slowTensors();
    const manifest = (await (await fetch('/models/rep-digits/manifest.json')).json()) as {
      readonly input: ImageInput;
    };
    const { input } = manifest;
    expect(input).toMatchObject({ colour: 'gray', polarity: 'light-on-dark' });
    const file = new Uint8Array(await (await fetch('/models/rep-digits/model.onnx')).arrayBuffer());
    const bytes = serializeModel(must(prepareModel(file)).forms.deploy.model);
    const { segment } = await gpu.load(bytes, 'fused');
    const { segment: reference } = await wasm.load(bytes, 'fused');
    const run = new PictureRun(segment, input);
    for (let frame = 0; frame < TRIED_FRAMES + 4; frame++) {
      const ink = frame % 2 === 0 ? 'white' : 'black';
      const pad = (): ImageBitmap => {
        const canvas = new OffscreenCanvas(280, 280);
        const context = canvas.getContext('2d');
        if (!context) throw new Error('no canvas');
        context.fillStyle = ink === 'white' ? 'black' : 'white';
        context.fillRect(0, 0, 280, 280);
        context.fillStyle = ink;
        context.fillRect(100, 40, 40 + 10 * frame, 200);
        return canvas.transferToImageBitmap();
      };
      const { output } = await run.run(pad());
      const expected = await onCpu(reference, pad(), input);
      expect(worst(expected, output), `${ink} ${frame}`).toBeLessThan(1e-4);
    }
  });

  it('a frame of a video, too, whichever way this browser has for it', async () => {
    const [segment, reference] = [await load(gpu), await load(wasm)];
    const run = new PictureRun(segment, INPUT);
    const pictures = vi.spyOn(GpuProgram.prototype, 'runPicture');
    for (let seed = 0; seed < TRIED_FRAMES + 2; seed++) {
      const frame = new VideoFrame(await bitmapOf(seed), { timestamp: 0, alpha: 'discard' });
      const { output } = await run.run(frame);
      expect(worst(await expectedOf(reference, seed), output)).toBeLessThan(0.02);
      expect(frame.format).toBeNull();
    }
    expect(pictures).toHaveBeenCalled();
  });

  it('that is not shown as it lies in memory goes as a tensor; the next one may go as it is', async () => {
    const [segment, reference] = [await load(gpu), await load(wasm)];
    const pictures = vi.spyOn(GpuProgram.prototype, 'runPicture');
    const run = new PictureRun(segment, INPUT);
    const planes = new Uint8Array((64 * 64 * 3) / 2).fill(128);
    const stretched = new VideoFrame(planes, {
      format: 'I420',
      codedWidth: 64,
      codedHeight: 64,
      displayWidth: 128,
      displayHeight: 64,
      timestamp: 0,
    });
    await run.run(stretched);
    expect(pictures).not.toHaveBeenCalled();
    const { output } = await run.run(await bitmapOf(1));
    expect(pictures).toHaveBeenCalledTimes(1);
    expect(worst(await expectedOf(reference, 1), output)).toBeLessThan(1e-4);
  });

  it('that the browser cannot copy goes as a tensor, and the GPU is not asked again', async () => {
    const [segment, reference] = [await load(gpu), await load(wasm)];
    vi.spyOn(GPUQueue.prototype, 'copyExternalImageToTexture').mockImplementation(() => {
      throw new TypeError('not this kind of picture');
    });
    const run = new PictureRun(segment, INPUT);
    const pictures = vi.spyOn(GpuProgram.prototype, 'runPicture');
    for (let seed = 0; seed < 3; seed++) {
      const { output } = await run.run(await bitmapOf(seed));
      expect(worst(await expectedOf(reference, seed), output)).toBeLessThan(1e-4);
    }
    expect(pictures).toHaveBeenCalledTimes(1);
    expect(segment.fault).toBeNull();
  });

  it('of which the GPU gets other pixels goes as a tensor', async () => {
    slowTensors();
    const [segment, reference] = [await load(gpu), await load(wasm)];
    // Nothing is copied: what it sees is black.
    vi.spyOn(GPUQueue.prototype, 'copyExternalImageToTexture').mockReturnValue(undefined);
    const run = new PictureRun(segment, INPUT);
    const pictures = vi.spyOn(GpuProgram.prototype, 'runPicture');
    for (let seed = 0; seed < 3; seed++) {
      const { output } = await run.run(await bitmapOf(seed));
      expect(worst(await expectedOf(reference, seed), output)).toBeLessThan(1e-4);
    }
    expect(pictures).toHaveBeenCalledTimes(1);
  });

  it.each([
    ['at the first frame', 0],
    ['long after', TRIED_FRAMES + 2],
  ])(
    'is not lost when our engine breaks %s: onnxruntime-web takes it, and all after it',
    { timeout: 120_000 },
    async (_, at) => {
      slowTensors();
      const engines = must(await Engines.open('webgpu'));
      const [segment, reference] = [await load(engines), await load(wasm)];
      const run = new PictureRun(segment, INPUT);
      for (let seed = 0; seed < at + 3; seed++) {
        if (seed === at) breakEngine();
        const { output } = await run.run(await bitmapOf(seed));
        expect(worst(await expectedOf(reference, seed), output)).toBeLessThan(1e-4);
        expect(segment.fault).toBe(seed < at ? null : 'it was broken for a test');
      }
    },
  );

  it('of another shape than the model takes is refused, as its tensor is', async () => {
    const segment = await load(gpu);
    const run = new PictureRun(segment, { ...INPUT, shape: [1, 3, 16, 16] });
    await expect(run.run(await bitmapOf(1))).rejects.toThrow('the input has 768 values');
    // It was the caller's mistake: nothing is wrong with the engine.
    expect(segment.fault).toBeNull();
    await segment.dispose();
  });
});

describe('which way', () => {
  /** A segment that takes as long as told, and says in its output which way it was asked. */
  function segmentOf(pictureMs: number, tensorMs: number, picture: number | null = 1) {
    const asked: string[] = [];
    const segment: Segment = {
      inputShape: INPUT.shape,
      run: async () => {
        asked.push('tensor');
        await sleep(tensorMs);
        return new Float32Array([1, 1]);
      },
      runPicture: (): ReturnType<NonNullable<Segment['runPicture']>> => {
        asked.push('picture');
        return picture === null ? null : sleep(pictureMs).then(() => new Float32Array([1, picture]));
      },
      dispose: () => Promise.resolve(),
    };
    return { segment, asked };
  }

  const TRIAL = Array.from({ length: TRIED_FRAMES }, () => ['picture', 'tensor']).flat();

  async function asked(subject: ReturnType<typeof segmentOf>, frames: number): Promise<readonly string[]> {
    const run = new PictureRun(subject.segment, INPUT);
    for (let seed = 0; seed < frames; seed++) {
      const picture: Picture = await bitmapOf(seed);
      const start = performance.now();
      const { ready } = await run.run(picture);
      expect(ready).toBeGreaterThanOrEqual(start);
      expect(ready).toBeLessThanOrEqual(performance.now());
      expect(picture.width).toBe(0);
    }
    return subject.asked;
  }

  it('the faster one, after the first frames', async () => {
    const frames = TRIED_FRAMES + 2;
    expect(await asked(segmentOf(5, 80), frames)).toEqual([...TRIAL, 'picture', 'picture']);
    expect(await asked(segmentOf(80, 5), frames)).toEqual([...TRIAL, 'tensor', 'tensor']);
  });

  it('by tensors where the segment takes nothing else, or sees something else', async () => {
    expect(await asked(segmentOf(5, 5, null), 2)).toEqual(['picture', 'tensor', 'tensor']);
    expect(await asked(segmentOf(5, 80, 1.5), 2)).toEqual(['picture', 'tensor', 'tensor']);
    expect(await asked(segmentOf(5, 80, NaN), 2)).toEqual(['picture', 'tensor', 'tensor']);
  });

  it('tells what a picture takes beyond a tensor, as the first frames showed', async () => {
    slowTensors();
    const run = new PictureRun(segmentOf(90, 40).segment, INPUT);
    for (let seed = 0; seed < TRIED_FRAMES; seed++) await run.run(await bitmapOf(seed));
    const start = performance.now();
    const { ready } = await run.run(await bitmapOf(9));
    expect(ready - start).toBeGreaterThan(30);
    expect(ready - start).toBeLessThan(70);
  });
});
