import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { closeAll, must, openStages, openTinyModel } from '../fixtures/workers.ts';
import type { ImageInput } from '../core/image/image-input.ts';
import { LiveMeter } from '../core/live/meter.ts';
import type { FrameSource } from '../platform/frame-source.ts';
import { LiveRun, type LiveUpdate } from './live.ts';
import { loadStages, type LoadedPlan } from './run-plan.ts';

const INPUT: ImageInput = {
  shape: [1, 3, 32, 32],
  colour: 'rgb',
  cropFraction: 1,
  mean: [127, 127, 127],
  std: [127, 127, 127],
};
const PREDICTED = { throughputFps: 12, latencyMs: 90 };

/** A source that announces a frame whenever the test says so. */
class HandSource implements FrameSource {
  readonly kind = 'image';
  readonly label = 'hand';
  readonly element = document.createElement('canvas');
  readonly ended = null;
  readonly fps = 60;
  captures = 0;
  /** While true, pictures cannot be had: the camera was pulled out. */
  broken = false;
  private listener: ((captureTime: number) => void) | null = null;

  start(listener: (captureTime: number) => void): void {
    this.listener = listener;
  }
  announce(): void {
    this.listener?.(performance.now());
  }
  capture(): Promise<ImageBitmap> {
    this.captures += 1;
    if (this.broken) return Promise.reject(new DOMException('gone', 'InvalidStateError'));
    return createImageBitmap(new ImageData(40, 40));
  }
  stop(): void {
    this.listener = null;
  }
}

let plan: LoadedPlan;
beforeAll(async () => {
  const { segments } = await openTinyModel();
  const stage = { processor: 'wasm:1', processorIndex: 0, fromUnit: 0, toUnit: 6 } as const;
  plan = must(await loadStages({ stages: [stage] }, await openStages(['wasm:1']), segments));
});
afterAll(closeAll);

async function started(source: FrameSource, onUpdate: (update: LiveUpdate) => void): Promise<LiveRun> {
  const nothing = {
    onFailure: () => undefined,
    onSpans: () => undefined,
    onFault: () => undefined,
    onRest: () => undefined,
  };
  const rest = { plan, imageInput: INPUT, predicted: PREDICTED, meter: new LiveMeter(performance.now()) };
  return must(await LiveRun.start({ source, onUpdate, ...nothing, ...rest }));
}

/** The first published update that `ready` accepts. */
function updates(): {
  readonly onUpdate: (update: LiveUpdate) => void;
  readonly until: (ready: (update: LiveUpdate) => boolean) => Promise<LiveUpdate>;
} {
  let listener: (update: LiveUpdate) => void = () => undefined;
  return {
    onUpdate: (update) => listener(update),
    until: (ready) =>
      new Promise((resolve) => {
        listener = (update) => {
          if (ready(update)) resolve(update);
        };
      }),
  };
}

describe('a live run', () => {
  it('keeps the newest frame of a burst and counts the others as dropped', async () => {
    const source = new HandSource();
    const { onUpdate, until } = updates();
    const run = await started(source, onUpdate);
    for (let i = 0; i < 10; i++) source.announce();
    const { sample, top, traces } = await until(({ sample: { completed } }) => completed >= 2);
    // One is being captured, one waits, eight are refused: nothing queues.
    expect(sample).toMatchObject({ completed: 2, dropped: 8, predicted: PREDICTED });
    expect(source.captures).toBe(2);
    expect(top).toHaveLength(5);
    expect(traces.map(({ id }) => id)).toEqual([0, 1]);
    await run.stop();
  });

  it('loses a frame, not itself, when the source goes away and comes back', async () => {
    const source = new HandSource();
    const { onUpdate, until } = updates();
    const run = await started(source, onUpdate);
    source.broken = true;
    source.announce();
    await until(({ sample }) => sample.dropped === 1);
    source.broken = false;
    source.announce();
    expect((await until(({ sample }) => sample.completed === 1)).sample.dropped).toBe(1);
    await run.stop();
  });

  it('takes no frame after it was stopped', async () => {
    const source = new HandSource();
    let published = 0;
    const run = await started(source, () => (published += 1));
    await run.stop();
    const before = published;
    source.announce();
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(source.captures).toBe(0);
    expect(published).toBe(before);
  });
});
