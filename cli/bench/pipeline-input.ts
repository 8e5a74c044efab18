/** @file What a picture costs before it is a tensor: pre-processing in a worker, and how much of it is reading the pixels. */
import { median } from '../../src/core/stats.ts';
import type { timeFrameInput } from '../../src/fixtures/frame-input-times.ts';
import { callModule } from './module-page.ts';
import { spreadText, type Line } from './report.ts';

const RUNS = 300;
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
  return lines;
}
