/**
 * @file Acceptance 6: what our WebGPU kernels compute of every shipped model, on both browsers' software adapters, against
 * onnxruntime-web's WASM; how many dispatches a frame takes; and where a device has fp16, what that computes and which of the
 * two is chosen. Nothing is held against another engine's time.
 */
import type { gpuNumeric, Computed, NumericFinding } from '../../src/fixtures/gpu-numeric.ts';
import type { gpuKernels, KernelsFinding } from '../../src/fixtures/gpu-kernels.ts';
import { figure } from '../../src/ui/number-format.ts';
import { ADAPTER_NAMES } from './engine-gpu.ts';
import { callModuleIn } from './module-page.ts';
import type { BenchBrowser } from './page.ts';
import type { Line } from './report.ts';

const MODELS = ['rep-digits', 'rep-tiny', 'efficientnet-lite0', 'efficientnet-lite1', 'efficientnet-lite2'];

/** Of the largest logit. */
const MOST_ERROR = { fp32: 1e-3, fp16: 1e-2 } as const;
/** Of one kernel alone: what the order of additions explains, and two roundings to 11 bits. */
const MOST_KERNEL_ERROR = { fp32: 1e-5, fp16: 1e-3 } as const;
/** Dispatches of a frame, beyond one a layer. */
const MOST_FURTHER = 3;

export async function gpuNumericLines(): Promise<readonly Line[]> {
  return [...(await linesIn('chromium')), ...(await linesIn('firefox'))];
}

async function linesIn(browser: BenchBrowser): Promise<readonly Line[]> {
  const where = ADAPTER_NAMES[browser];
  const kernels = await callModuleIn<typeof gpuKernels>(
    browser,
    '/src/fixtures/gpu-kernels.ts',
    'gpuKernels',
  );
  const models = await callModuleIn<typeof gpuNumeric>(
    browser,
    '/src/fixtures/gpu-numeric.ts',
    'gpuNumeric',
    MODELS,
  );
  return [
    ...kernels.map((finding) => kernelsLine(where, finding)),
    ...models.flatMap((finding) => {
      const name = `${where}, ${finding.model}`;
      return [
        ...finding.computed.flatMap((each) => computedLines(name, finding, each)),
        ...choiceLines(name, finding),
      ];
    }),
  ];
}

const kernelsLine = (where: string, { precision, count, error, worst }: KernelsFinding): Line => ({
  name: `${where}: ${precision}, error of any kernel`,
  value: error,
  target: { most: MOST_KERNEL_ERROR[precision] },
  note: `of the largest output of a step, ${count} kernels of steps; the worst is ${worst}`,
});

function computedLines(
  name: string,
  { inputs, layers, adapter }: NumericFinding,
  { precision, error, sameTop, dispatches }: Computed,
): readonly Line[] {
  return [
    {
      name: `${name}: ${precision}, error of the logits`,
      value: error,
      target: { most: MOST_ERROR[precision] },
      note: `of the largest, ${inputs} random inputs, ${sameTop} with the same best; ${adapter}`,
    },
    {
      name: `${name}: ${precision}, dispatches beyond layers`,
      value: dispatches - layers,
      target: { most: MOST_FURTHER },
      note: `${dispatches} a frame, ${layers} layers`,
    },
  ];
}

/** The gain of what was chosen over fp32: fp16 may only be chosen where there is one. */
function choiceLines(name: string, { choice }: NumericFinding): readonly Line[] {
  if (!choice) return [];
  const { precision, trial } = choice;
  const { seconds, difference, isSameTop, gain } = trial;
  const found = `fp32 ${figure(1e3 * seconds.fp32)}, fp16 ${figure(1e3 * seconds.fp16)} ms a frame, a gain of ${figure(gain)}; they differ by ${figure(difference)}, the best is ${isSameTop ? 'the same' : 'another'}`;
  return [
    {
      name: `${name}: what is chosen, × fp32`,
      value: precision === 'fp32' ? 1 : gain,
      target: { least: 1 },
      note: `${precision}; ${trial.refusal ?? found}`,
    },
  ];
}
