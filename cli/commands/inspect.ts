/** @file `ridgepoint inspect`: what is in a model – operators, work, weights, and where it can be cut. Needs no browser. */
import type { FormDescription } from '../../src/core/prepare-model.ts';
import { inspectReport } from '../../src/core/inspect.ts';
import { ok } from '../../src/core/result.ts';
import type { Command } from '../context.ts';
import { bytes as bytesText, flops as flopText } from '../../src/ui/number-format.ts';
import { findModel, nameOf } from '../input.ts';
import { prepareFile } from '../prepare.ts';
import { columns } from '../table.ts';

function textOf(name: string, description: FormDescription, warnings: readonly string[]): string {
  const { operators, nodes, flop, weightBytes, activationBytes, units, cuts } = description;
  const byCount = Object.entries(operators).sort(([, a], [, b]) => b - a);
  const sizes = cuts.map((cut) => cut.bytes);
  const single = cuts.filter(({ tensors }) => tensors.length === 1).length;
  const range =
    sizes.length === 0 ? '' : ` of ${bytesText(Math.min(...sizes))} to ${bytesText(Math.max(...sizes))}`;
  return [
    `${name}: ${nodes} nodes, ${flopText(flop)} a frame, ${bytesText(weightBytes)} of weights (fp32), ` +
      `${bytesText(activationBytes)} of activations.`,
    `Input ${shapesOf(description.inputs)}, output ${shapesOf(description.outputs)}; ${units.length} units, ` +
      `${cuts.length} cuts${range}, ${single} of them of one tensor.`,
    '',
    columns(
      byCount.map(([operator, count]) => [`  ${operator}`, String(count)]),
      [1],
    ),
    ...warnings.map((warning) => `\nNote: ${warning}.`),
  ].join('\n');
}

const shapesOf = (values: FormDescription['inputs']): string =>
  values.map(({ shape }) => shape.join('×')).join(' and ');

export const inspect: Command = {
  name: 'inspect',
  summary: 'what is in a model: operators, work, weights, cuts (no browser)',
  usage: ['inspect FILE.onnx [--dimension NAME=SIZE …]', 'inspect --model ID [--configuration ID]'],
  details: 'Reads the model as it was trained, before fusion. FLOP count one fused multiply-add as two.',
  options: ['model', 'configuration', 'dimensions'],
  wrongUsage: ({ files, model, configuration }) =>
    model === undefined && configuration !== undefined
      ? 'a configuration is one of a shipped model: name it by --model'
      : files.length + (model === undefined ? 0 : 1) === 1
        ? null
        : 'inspect takes one model: a file, or --model',
  run: async ({ files, model: name, configuration, dimensions }) => {
    const model = await findModel(name ?? files[0] ?? '', { configuration, dimensions });
    if (!model.ok) return model;
    const prepared = await prepareFile(model.value);
    if (!prepared.ok) return prepared;
    const { forms, warnings } = prepared.value;
    const { description } = forms['multi-branch'];
    const json = inspectReport(description, warnings);
    return ok({ json, text: textOf(nameOf(model.value), description, warnings) });
  },
};
