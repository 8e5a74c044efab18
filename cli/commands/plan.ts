/** @file `ridgepoint plan`: which processor runs which part of the model, predicted and measured. */
import { ENGINE_NAMES } from '../../src/core/engine.ts';
import { planLabel } from '../../src/core/planning/plan.ts';
import type { ProcessorId } from '../../src/core/profile/profile.ts';
import { rooflineOf } from '../../src/core/roofline/roofline.ts';
import { ok, type Result } from '../../src/core/result.ts';
import { engineGain } from '../../src/playground/engine-sentence.ts';
import type { EngineUse, Performance, PlanEntry, PlanReport } from '../../src/playground/plan-report.ts';
import type { Command } from '../context.ts';
import { fail, type CliError } from '../failure.ts';
import { figure, percent } from '../../src/ui/number-format.ts';
import { differenceText, ratio } from '../figures.ts';
import { findModel, modelRequest, readProfile } from '../input.ts';
import { columns } from '../table.ts';

/** Plans in the text; the JSON has them all. */
const SHOWN = 6;

function cells(performance: Performance | null): readonly string[] {
  if (!performance) return ['–', '–', ''];
  const { throughputFps, latencyMs, n } = performance;
  return [figure(throughputFps), figure(latencyMs), n > 0 ? String(n) : ''];
}

function figures({ predicted, measured }: Pick<PlanEntry, 'predicted' | 'measured'>): readonly string[] {
  return [...cells(predicted).slice(0, 2), ...cells(measured)];
}

function tableOf({ singles, plans }: PlanReport): string {
  const rows = [
    ['', 'predicted', '', 'measured', '', ''],
    ['', 'frames/s', 'ms', 'frames/s', 'ms', 'n'],
    ...singles.map((single) => [`${single.processor} alone, frame by frame`, ...figures(single)]),
    ...plans.slice(0, SHOWN).map((plan) => [planLabel(plan), ...figures(plan)]),
  ];
  return columns(rows, [1, 2, 3, 4, 5]);
}

/**
 * The plan against the best single processor, both predicted or both measured: raced in the same rounds where one was, so
 * that the machine's drift hits both.
 */
function chosenText({ chosen, plans, singles }: PlanReport): string {
  const { kind, measured, predicted, equality } = chosen;
  const raced = plans.filter((entry) => entry.kind === 'single' && entry.measured !== null);
  const rate = (entry: Pick<PlanEntry, 'predicted' | 'measured'>): number =>
    (measured ? entry.measured : entry.predicted)?.throughputFps ?? 0;
  const best = Math.max(...(raced.length > 0 ? raced : singles).map(rate));
  const gain =
    kind === 'single'
      ? `, one processor alone: ${measured ? 'nothing that was raced beats it here' : 'no division is predicted to beat it'}`
      : `, ${ratio((measured ?? predicted).throughputFps / best)} the best single processor (${measured ? 'measured' : 'predicted'})`;
  const same = equality
    ? ` Its outputs differ from one processor’s by at most ${differenceText(equality.maxRelDifference)} (relative, ` +
      `${equality.frames} frames, ${equality.inOrder ? 'in order' : 'NOT in order'}).`
    : '';
  return `Chosen: ${planLabel(chosen)}${gain}.${same}`;
}

/** `Engine of wasm:1: Ridgepoint: 1.62 ms, 2.90 × as fast as onnxruntime-web (n = 30).` */
function engineLine(use: EngineUse): string {
  const { processor, engine, precision, obstacle, seconds, n } = use;
  const other = ENGINE_NAMES[engine === 'fused' ? 'ort' : 'fused'];
  const [time, gain] = [seconds[engine], engineGain(use)];
  const parts = [
    ...(time === null ? [] : [`${figure(time * 1000)} ms`]),
    ...(gain === null ? [] : [`${ratio(gain)} as fast as ${other}`]),
  ];
  const figures = parts.length === 0 ? '' : `: ${parts.join(', ')} (n = ${n})`;
  const reason = obstacle === null ? '' : `; not on ${ENGINE_NAMES.fused}: ${obstacle}`;
  const how = precision === undefined ? '' : ` in ${precision}`;
  return `Engine of ${processor}: ${ENGINE_NAMES[engine]}${how}${figures}${reason}.`;
}

function errorLines({ costModels }: PlanReport): readonly string[] {
  return costModels.flatMap(({ id, mape, spearman, regret }) => {
    const parts = [
      mape === null ? null : `mean error a layer ${percent(mape)}`,
      spearman === null ? null : `rank correlation ${figure(spearman)}`,
      regret === null ? null : `its choice is ${percent(regret)} slower than the best that ran`,
    ].filter((part) => part !== null);
    return parts.length === 0 ? [] : [`Cost model “${id}”: ${parts.join(', ')}.`];
  });
}

function textOf(report: PlanReport): string {
  const { model, configuration, objective, processors, considered, bound } = report;
  const subject = configuration === undefined ? model : `${model}, configuration ${configuration},`;
  return [
    `${subject} on ${processors.join(', ')}, objective ${objective}; ${considered} plans priced.`,
    '',
    tableOf(report),
    '',
    chosenText(report),
    ...report.engines.map(engineLine),
    `By these costs no plan can exceed ${ratio(bound.speedup)} the best single processor (${figure(bound.lpThroughputFps)} frames/s).`,
    ...errorLines(report),
  ].join('\n');
}

/** The text of a profile that has what these processors need. */
async function profileText(
  path: string | undefined,
  processors: readonly ProcessorId[],
): Promise<Result<string | undefined, CliError>> {
  if (path === undefined) return ok(undefined);
  const profile = await readProfile(path);
  if (!profile.ok) return profile;
  const unknown = processors.find((processor) => rooflineOf(profile.value, processor) === null);
  return unknown === undefined
    ? ok(JSON.stringify(profile.value))
    : fail('profile-missing', `${path} has no peak and bandwidth of ${unknown}.`);
}

export const plan: Command = {
  name: 'plan',
  summary: 'divide a model between processors, and race the best plans',
  usage: [
    'plan [--model ID|FILE.onnx] [--configuration ID] [--processors LIST] [--objective NAME] [--engine NAME] [--profile FILE] [--predict-only | --all]',
  ],
  details:
    'Measures the device first, unless --profile has it; then the single processors and the best few plans.',
  options: [
    'model',
    'configuration',
    'dimensions',
    'processors',
    'objective',
    'engine',
    'profile',
    'predictOnly',
    'all',
  ],
  wrongUsage: ({ files, predictOnly, all }) => {
    if (files.length > 0)
      return `plan takes no files, but got ${files.join(' ')}; a model is named by --model`;
    return predictOnly && all ? '--predict-only runs nothing and --all runs everything: choose one' : null;
  },
  run: async (
    {
      model: name,
      configuration,
      dimensions,
      processors,
      objective,
      engine,
      profile: path,
      predictOnly,
      all,
    },
    { io, drive },
  ) => {
    const model = await findModel(name ?? 'efficientnet-lite0', { configuration, dimensions });
    if (!model.ok) return model;
    const profile = await profileText(path, processors ?? []);
    if (!profile.ok) return profile;
    const { argument, files } = modelRequest(model.value);
    const choice = {
      ...argument,
      predictOnly,
      all,
      ...defined({ processors, objective, engine, profile: profile.value }),
    };
    const webgpu = processors?.includes('webgpu') ?? true;
    const answer = await drive({ verb: 'plan', argument: choice, files, webgpu }, io);
    if (answer.ok) return ok({ json: answer.value, text: textOf(answer.value) });
    if (path === undefined || answer.error.code !== 'profile-missing') return answer;
    return fail(
      'profile-missing',
      `${path} lacks a processor of this device: name those it has by --processors.`,
    );
  },
};

type Defined<T> = { readonly [K in keyof T]?: Exclude<T[K], undefined> };

/** Without the entries that are undefined: the page tells "absent" by absence. */
function defined<T extends object>(values: T): Defined<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Defined<T>;
}
