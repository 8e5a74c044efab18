/**
 * @file What a picture costs before it is a tensor: pre-processing in a worker, and how much of it is reading the pixels; and whole
 * frames of a camera on WebGPU, cropped and resized there or on the CPU.
 */
import { median } from '../../src/core/stats.ts';
import type { timeFrameInput } from '../../src/fixtures/frame-input-times.ts';
import type { timeWays } from '../../src/fixtures/picture-ways.ts';
import { callModule } from './module-page.ts';
import { spreadText, type Line } from './report.ts';

const RUNS = 300;
const WAYS_RUNS = 60;
const SIZES = [
  [640, 480, 224],
  [1280, 720, 224],
  [1280, 720, 64],
] as const;

export async function inputLines(): Promise<readonly Line[]> {
  const lines: Line[] = [];
  for (const [width, height, side] of SIZES) {
    const { whole, canvas, codec } = await callModule<typeof timeFrameInput>(
      '/src/fixtures/frame-input-times.ts',
      'timeFrameInput',
      width,
      height,
      side,
      RUNS,
    );
    lines.push({
      name: `${width} × ${height} to ${side}²: ms a frame`,
      value: median(whole) ?? NaN,
      target: null,
      note: `${spreadText(whole)}; reading pixels by a canvas ${spreadText(canvas)}, by WebCodecs ${spreadText(codec)}`,
    });
  }
  for (const model of ['rep-tiny', 'efficientnet-lite0']) lines.push(await waysLine(model));
  return lines;
}

async function waysLine(model: string): Promise<Line> {
  const asked = { model, photo: '/samples/chelsea.jpg', width: 640, height: 480, runs: WAYS_RUNS };
  const { tensor, picture, segment, difference, takesFrames } = await callModule<typeof timeWays>(
    '/src/fixtures/picture-ways.ts',
    'timeWays',
    asked,
  );
  return {
    name: `640 × 480 through ${model} on WebGPU: ms a frame, resized there`,
    value: median(picture) ?? NaN,
    target: null,
    note: `${spreadText(picture)}; resized on the CPU ${spreadText(tensor)}, of which the model ${spreadText(segment)}; logits apart by ${difference.toExponential(1)} of the largest; frames of a video ${takesFrames ? 'are taken' : 'are refused'} there`,
  };
}
