/** @file `ridgepoint inspect`: what is in a model – operators, work, weights, and where it can be cut. Needs no browser. */
import type { FormDescription } from '../../src/core/prepare-model.ts';
import { prepareModel } from '../../src/core/prepare-model.ts';
import { parseModel } from '../../src/core/onnx/parse.ts';
import { ok } from '../../src/core/result.ts';
import type { Command } from '../context.ts';
import { failOn } from '../failure.ts';
import { bytes as bytesText, flops as flopText } from '../../src/ui/number-format.ts';
import { findModel, readBytes } from '../input.ts';
import { columns } from '../table.ts';

/** ONNX operator sets before this one are not what the engine is tested with (PLATFORM). */
const OLDEST_OPSET = 13;

function warningsOf(bytes: Uint8Array, { nodes, cuts }: FormDescription): readonly string[] {
  const file = parseModel(bytes);
  if (!file.ok) return [];
  const { opset, otherOpsets, graph } = file.value;
  const folded = graph.nodes.length - nodes;
  return [
    ...(opset < OLDEST_OPSET ? [`operator set ${opset} is older than ${OLDEST_OPSET}`] : []),
    ...[...otherOpsets.keys()].map((domain) => `uses operators outside ONNX: ${domain}`),
    ...(folded > 0 ? [`${folded} nodes that only make constants (widened weights) are not counted`] : []),
    ...(cuts.length === 0
      ? ['no place where one tensor crosses: it cannot be divided between processors']
      : []),
  ];
}

function textOf(name: string, description: FormDescription, warnings: readonly string[]): string {
  const { operators, nodes, flop, weightBytes, activationBytes, units, cuts } = description;
  const byCount = Object.entries(operators).sort(([, a], [, b]) => b - a);
  const sizes = cuts.map((cut) => cut.bytes);
  const range =
    sizes.length === 0 ? '' : ` of ${bytesText(Math.min(...sizes))} to ${bytesText(Math.max(...sizes))}`;
  return [
    `${name}: ${nodes} nodes, ${flopText(flop)} a frame, ${bytesText(weightBytes)} of weights (fp32), ` +
      `${bytesText(activationBytes)} of activations.`,
    `Input ${description.input.shape.join('×')}, output ${description.output.shape.join('×')}; ${units.length} units, ` +
      `${cuts.length} cuts${range}.`,
    '',
    columns(
      byCount.map(([operator, count]) => [`  ${operator}`, String(count)]),
      [1],
    ),
    ...warnings.map((warning) => `\nNote: ${warning}.`),
  ].join('\n');
}

export const inspect: Command = {
  name: 'inspect',
  summary: 'what is in a model: operators, work, weights, cuts (no browser)',
  usage: ['inspect FILE.onnx', 'inspect --model ID'],
  details: 'Reads the model as it was trained, before fusion. FLOP count one fused multiply-add as two.',
  options: ['model'],
  wrongUsage: ({ files, model }) =>
    files.length + (model === undefined ? 0 : 1) === 1 ? null : 'inspect takes one model: a file, or --model',
  run: async ({ files, model: name }) => {
    const model = await findModel(name ?? files[0] ?? '');
    if (!model.ok) return model;
    const bytes = await readBytes(model.value.path);
    if (!bytes.ok) return bytes;
    const prepared = prepareModel(bytes.value);
    if (!prepared.ok) return failOn(model.value.path, prepared.error);
    const { description } = prepared.value.forms['multi-branch'];
    const { operators, nodes, flop, weightBytes, activationBytes, units, cuts } = description;
    const warnings = warningsOf(bytes.value, description);
    return ok({
      json: {
        operators,
        nodes,
        flop,
        weightBytes,
        activationBytes,
        units: units.length,
        cuts: cuts.map(({ id, tensors, bytes }) => ({ id, tensors, bytes })),
        warnings,
      },
      text: textOf(model.value.id ?? model.value.path, description, warnings),
    });
  },
};
