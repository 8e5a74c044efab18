/**
 * @file `npm run bench:engine`: our engine against onnxruntime-web on the same work, in turns in one worker, and against the peak of
 * multiply-adds measured beside. One thread unless said.
 * Usage: npm run bench:engine [-- --only shapes,models,threads,start,webgpu,webgpu-numeric] [--rounds 9] [--json FILE]
 */
import process from 'node:process';
import { parseArgs } from 'node:util';
import { median } from '../../src/core/stats.ts';
import type { Contest, ConvolutionShape } from '../../src/fixtures/engine-times.ts';
import type { EngineTimesApi } from '../../src/fixtures/engine-times.worker.ts';
import { figure } from '../../src/ui/number-format.ts';
import { gpuNumericLines } from './engine-gpu-numeric.ts';
import { gpuLines } from './engine-gpu.ts';
import { callModule } from './module-page.ts';
import { ratioOf, spreadText, type Line } from './report.ts';
import { runSections, type Sections } from './sections.ts';

const { values } = parseArgs({
  options: { only: { type: 'string' }, rounds: { type: 'string', default: '9' }, json: { type: 'string' } },
});
const rounds = Number(values.rounds);

type Call = keyof EngineTimesApi;
const ask = <C extends Call>(
  call: C,
  ...given: Parameters<EngineTimesApi[C]>
): ReturnType<EngineTimesApi[C]> =>
  callModule<(...given: never[]) => Promise<unknown>>(
    '/src/fixtures/engine-times.ts',
    'engineTimes',
    ...([call, ...given] as never[]),
  ) as ReturnType<EngineTimesApi[C]>;

const square = (
  from: number,
  to: number,
  side: number,
  stride: 1 | 2,
  kernel: 1 | 3 | 5,
): ConvolutionShape => ({
  from,
  to,
  side,
  stride,
  kernel,
});

/** Layers of the RepVGG family at 64² and 224², and of EfficientNet-Lite0. */
const SHAPES: readonly ConvolutionShape[] = [
  square(3, 32, 64, 2, 3),
  square(32, 64, 32, 2, 3),
  square(64, 64, 16, 1, 3),
  square(64, 128, 16, 2, 3),
  square(128, 128, 8, 1, 3),
  square(128, 256, 8, 2, 3),
  square(256, 256, 4, 1, 3),
  square(64, 64, 56, 1, 3),
  square(128, 128, 28, 1, 3),
  square(256, 256, 14, 1, 3),
  square(64, 64, 56, 1, 1),
  square(80, 480, 14, 1, 1),
  square(480, 80, 14, 1, 1),
  square(320, 1280, 7, 1, 1),
  { ...square(144, 144, 56, 1, 3), depthwise: true },
  { ...square(480, 480, 14, 1, 5), depthwise: true },
];

const shapeText = ({ from, to, side, stride, kernel, depthwise }: ConvolutionShape): string =>
  `${depthwise === true ? 'depthwise ' : ''}${kernel}×${kernel} ${from}→${to} @${side} s${stride}`;

/** What a kernel of this shape must gain over onnxruntime-web. */
function leastGain({ from, stride, kernel, depthwise }: ConvolutionShape): Line['target'] {
  if (kernel !== 3 || depthwise === true) return null;
  return { least: from === 3 ? 3 : stride === 1 ? 2.4 : 1.4 };
}

const contestNote = ({ ours, theirs, difference, variant }: Contest): string =>
  `ours ${spreadText(ours.map((s) => 1e3 * s))} ms, theirs ${spreadText(theirs.map((s) => 1e3 * s))} ms; differ by ${difference.toExponential(1)}; ${variant}`;

const gflops = ({ flop, ours }: Contest): number => flop / (median(ours) ?? NaN) / 1e9;

async function shapeLines(): Promise<readonly Line[]> {
  const lines: Line[] = [];
  for (const shape of SHAPES) {
    const peak = (median(await ask('peakFlops', rounds)) ?? NaN) / 1e9;
    const found = await ask('convolutionTimes', shape, { rounds, threads: 1, method: 'any' });
    const name = shapeText(shape);
    lines.push({
      name: `${name}: × onnxruntime-web`,
      value: ratioOf(found.theirs, found.ours),
      target: leastGain(shape),
      note: `${contestNote(found)}; ${figure(gflops(found))} GFLOP/s`,
    });
    const direct = found.variant.startsWith('direct')
      ? found
      : await ask('convolutionTimes', shape, { rounds, threads: 1, method: 'direct' });
    if (shape.depthwise === true) continue;
    lines.push({
      name: `${name}: direct, share of the peak`,
      value: gflops(direct) / peak,
      target: shape.from >= 64 ? { least: 0.75 } : null,
      note: `${figure(gflops(direct))} of ${figure(peak)} GFLOP/s; ${direct.variant}`,
    });
  }
  return lines;
}

const MODELS = [
  ['rep-tiny', 2],
  ['rep-digits', null],
  ['repvgg-a0', 1.9],
  ['efficientnet-lite0', 1.5],
] as const;

async function modelLines(): Promise<readonly Line[]> {
  const lines: Line[] = [];
  for (const [model, least] of MODELS) {
    const found = await ask('modelTimes', model, { rounds, threads: 1, method: 'any' });
    lines.push({
      name: `${model}: × onnxruntime-web`,
      value: ratioOf(found.theirs, found.ours),
      target: least === null ? null : { least },
      note: contestNote({ ...found, variant: `${figure(gflops(found))} GFLOP/s` }),
    });
    lines.push({
      name: `${model}: difference, of the largest output`,
      value: found.difference,
      target: { most: 1e-4 },
      note: 'one random input',
    });
  }
  return lines;
}

async function threadLines(): Promise<readonly Line[]> {
  const lines: Line[] = [];
  for (const model of ['efficientnet-lite0', 'repvgg-a0', 'rep-tiny']) {
    // More than elsewhere: whoever slows one of two cores slows both threads.
    const { one, two } = await ask('threadTimes', model, 3 * rounds);
    lines.push({
      name: `${model}: two threads × one`,
      value: ratioOf(one, two),
      target: model === 'rep-tiny' ? null : { least: 1.8 },
      note: `${spreadText(one.map((s) => 1e3 * s))} ms on one, ${spreadText(two.map((s) => 1e3 * s))} ms on two`,
    });
  }
  return lines;
}

async function startLines(): Promise<readonly Line[]> {
  const [ours, theirs]: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round++) {
    ours.push(1e3 * (await ask('startSeconds', 'rep-tiny', 'fused')));
    theirs.push(1e3 * (await ask('startSeconds', 'rep-tiny', 'ort')));
  }
  return [
    {
      name: 'rep-tiny: from bytes to the first result, ms',
      value: median(ours) ?? NaN,
      target: { most: 150 },
      note: `${spreadText(ours)}; onnxruntime-web ${spreadText(theirs)}; a fresh worker each`,
    },
  ];
}

const SECTIONS: Sections = {
  shapes: ['1, 2 Single convolutions', shapeLines],
  models: ['1, 4 Whole models', modelLines],
  threads: ['3 Two threads', threadLines],
  start: ['5 Start', startLines],
  'webgpu-numeric': ['6 WebGPU: what it computes, on software adapters', gpuNumericLines],
  webgpu: ['6 WebGPU, on software adapters', gpuLines],
};

process.exitCode = await runSections(SECTIONS, values);
