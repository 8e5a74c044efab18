/**
 * @file Acceptance 6: what our WebGPU kernels compute of every shipped model, on both browsers' software adapters, against
 * onnxruntime-web's WASM; and how many dispatches a frame takes. Nothing is timed.
 */
import type { gpuNumeric, NumericFinding } from '../../src/fixtures/gpu-numeric.ts';
import { ADAPTER_NAMES } from './engine-gpu.ts';
import { callModuleIn } from './module-page.ts';
import type { BenchBrowser } from './page.ts';
import type { Line } from './report.ts';

const MODELS = ['rep-digits', 'rep-tiny', 'efficientnet-lite0', 'efficientnet-lite1', 'efficientnet-lite2'];

/** Of the largest logit. */
const MOST_ERROR = 1e-3;
/** Of a frame, beyond one a layer. */
const MOST_FURTHER = 3;

export async function gpuNumericLines(): Promise<readonly Line[]> {
  return [...(await linesIn('chromium')), ...(await linesIn('firefox'))];
}

async function linesIn(browser: BenchBrowser): Promise<readonly Line[]> {
  const findings = await callModuleIn<typeof gpuNumeric>(
    browser,
    '/src/fixtures/gpu-numeric.ts',
    'gpuNumeric',
    MODELS,
  );
  return findings.flatMap((finding) => linesOf(ADAPTER_NAMES[browser], finding));
}

function linesOf(where: string, finding: NumericFinding): readonly Line[] {
  const { model, error, sameTop, inputs, dispatches, layers, adapter } = finding;
  return [
    {
      name: `${where}, ${model}: error of the logits`,
      value: error,
      target: { most: MOST_ERROR },
      note: `of the largest, ${inputs} random inputs, ${sameTop} with the same best; ${adapter}`,
    },
    {
      name: `${where}, ${model}: dispatches beyond layers`,
      value: dispatches - layers,
      target: { most: MOST_FURTHER },
      note: `${dispatches} a frame, ${layers} layers`,
    },
  ];
}
