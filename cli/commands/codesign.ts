/** @file `ridgepoint codesign`: the Pareto front of a model's family on this device. */
import { ratesOf, type Design } from '../../src/core/codesign/design.ts';
import { planLabel } from '../../src/core/planning/plan.ts';
import { ok } from '../../src/core/result.ts';
import type { DesignSpace } from '../../src/playground/codesign/design-space.ts';
import { figure, percent } from '../../src/ui/number-format.ts';
import type { Command } from '../context.ts';
import { findModel, modelRequest } from '../input.ts';
import { columns } from '../table.ts';

function row({ accuracy, configuration, plan, predicted, measured }: Design): readonly string[] {
  const { throughputFps, latencySeconds } = ratesOf({ predicted, measured });
  return [
    `  ${percent(accuracy, 2)}`,
    figure(throughputFps),
    figure(latencySeconds * 1000),
    measured ? String(measured.n) : 'predicted',
    configuration,
    planLabel(plan),
  ];
}

export function textOf({
  name,
  accuracy,
  configurations,
  processors,
  considered,
  designs,
  front,
  firstFrontSeconds,
}: DesignSpace): string {
  const byId = new Map(designs.map((design) => [design.id, design]));
  const rows = front.flatMap((id) => byId.get(id) ?? []).map(row);
  const head = ['  top-1', 'frames/s', 'ms', 'n', 'configuration', 'plan'];
  return [
    `${name} on ${processors.join(', ')}: ${considered} designs of ${configurations.length} configurations priced, ` +
      `the first front after ${figure(firstFrontSeconds)} s.`,
    `Top-1 on ${accuracy.n} images of ${accuracy.dataset} (${accuracy.split}), from ${accuracy.source}. ` +
      `No other design is better in all of accuracy, throughput and latency than one of these ${rows.length}:`,
    '',
    columns([head, ...rows], [0, 1, 2, 3]),
  ].join('\n');
}

export const codesign: Command = {
  name: 'codesign',
  summary: 'accuracy × throughput × latency of every design, on this device',
  usage: ['codesign [--model ID] [--predict-only]'],
  details:
    'Measures the device first, then prices every configuration of the model on every plan and runs the designs of the front\n' +
    '(a minute or two; --predict-only leaves that out). n: frames behind a measured throughput.',
  options: ['model', 'predictOnly'],
  wrongUsage: ({ files }) =>
    files.length > 0
      ? `codesign takes no files, but got ${files.join(' ')}; a model is named by --model`
      : null,
  run: async ({ model: name, predictOnly }, { io, drive }) => {
    const model = await findModel(name ?? 'rep-tiny', {});
    if (!model.ok) return model;
    const { argument, files } = modelRequest(model.value);
    const answer = await drive(
      { verb: 'codesign', argument: { ...argument, predictOnly }, files, webgpu: true },
      io,
    );
    return answer.ok ? ok({ json: answer.value, text: textOf(answer.value) }) : answer;
  },
};
