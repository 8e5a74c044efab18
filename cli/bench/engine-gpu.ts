/**
 * @file Acceptance 6: our WebGPU kernels against onnxruntime-web's, in turns on the same device, through the page. Both browsers here
 * compute on software adapters, which says nothing of a hardware GPU.
 */
import { planLabel } from '../../src/core/planning/plan.ts';
import type { PlanReport, EngineUse } from '../../src/playground/plan-report.ts';
import { figure } from '../../src/ui/number-format.ts';
import { call, openPage, type BenchBrowser, type BenchPage } from './page.ts';
import type { Line } from './report.ts';

const MODELS = ['rep-digits', 'rep-tiny', 'efficientnet-lite0'];

/** What each engine must gain; on lavapipe being faster will do. */
const LEAST: Readonly<Record<BenchBrowser, number>> = { chromium: 8, firefox: 1 };

export const ADAPTER_NAMES: Readonly<Record<BenchBrowser, string>> = {
  chromium: 'Chromium on SwiftShader',
  firefox: 'Firefox on lavapipe',
};

export async function gpuLines(): Promise<readonly Line[]> {
  return [...(await linesIn('chromium')), ...(await linesIn('firefox'))];
}

async function linesIn(browser: BenchBrowser): Promise<readonly Line[]> {
  const page = await openPage(browser);
  try {
    await call(page, 'ridgepoint.roofline({})');
    const lines: Line[] = [];
    for (const model of MODELS) lines.push(await gain(page, browser, model));
    if (browser === 'chromium') lines.push(await pipeline(page));
    return lines;
  } finally {
    await page.close();
  }
}

const plan = (page: BenchPage, model: string, processors: string): Promise<PlanReport> =>
  call<PlanReport>(page, `ridgepoint.plan(${JSON.stringify({ model, processors: processors.split(',') })})`);

async function gain(page: BenchPage, browser: BenchBrowser, model: string): Promise<Line> {
  await plan(page, model, 'webgpu');
  const uses = await call<readonly EngineUse[]>(
    page,
    'ridgepoint.playground.compareEngines().then((it) => it.ok ? it.value : { error: it.error })',
  );
  const { fused, ort } = uses[0]?.seconds ?? { fused: null, ort: null };
  return {
    name: `${ADAPTER_NAMES[browser]}, ${model}: × onnxruntime-web`,
    value: (ort ?? NaN) / (fused ?? NaN),
    target: { least: LEAST[browser] },
    note: `${figure(1e3 * (fused ?? NaN))} against ${figure(1e3 * (ort ?? NaN))} ms, n ${uses[0]?.n ?? 0}; ${uses[0]?.obstacle ?? ''}`,
  };
}

/** Reported, whatever comes out: a software GPU works on the cores that WASM needs. */
async function pipeline(page: BenchPage): Promise<Line> {
  const { plans } = await plan(page, 'rep-tiny', 'webgpu,wasm:1');
  const best = (isSingle: boolean) =>
    plans
      .filter(({ kind, measured }) => measured && (kind === 'single') === isSingle)
      .toSorted((a, b) => (b.measured?.throughputFps ?? 0) - (a.measured?.throughputFps ?? 0))[0];
  const [single, both] = [best(true), best(false)];
  const said = (entry: typeof single): string =>
    entry ? `${planLabel(entry)} ${figure(entry.measured?.throughputFps ?? NaN)}` : '–';
  return {
    name: 'rep-tiny on WebGPU and WASM: × the better alone',
    value: (both?.measured?.throughputFps ?? NaN) / (single?.measured?.throughputFps ?? NaN),
    target: null,
    note: `${said(both)}, ${said(single)} frames/s; SwiftShader shares the cores`,
  };
}
