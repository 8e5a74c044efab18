/**
 * @file From the bytes of an ONNX file to both forms of the model, ready to be priced and split: the multi-branch form as it
 * was trained, and the deploy form it fuses into. The page's model worker and the command line both start here.
 */
import { detailOf, type AppError } from './errors.ts';
import { dropUnread } from './graph/drop-unread.ts';
import { foldConstants } from './graph/fold-constants.ts';
import { inferShapes, type Values } from './graph/infer-shapes.ts';
import { layersOf, type Layer } from './graph/layers.ts';
import type { Model, ValueInfo } from './graph/model.ts';
import { byteCount, operatorCounts } from './graph/model.ts';
import { cutsOf, type Cut } from './graph/cuts.ts';
import { unitsOf, type Unit } from './graph/units.ts';
import { modelWarnings } from './model-warnings.ts';
import { parseModel } from './onnx/parse.ts';
import type { Bindings } from './onnx/parse-values.ts';
import { fuseModel, type FusionReport } from './reparam/fuse.ts';
import { err, ok, type Result } from './result.ts';

/** `multi-branch`: as trained. `deploy`: every linear region fused into one convolution. */
export type FormId = 'multi-branch' | 'deploy';

/** All that is known of a form without its weights; plain data, so it crosses worker borders. */
export interface FormDescription {
  readonly operators: Readonly<Record<string, number>>;
  readonly nodes: number;
  readonly flop: number;
  readonly weightBytes: number;
  /** Bytes of all layer outputs together. */
  readonly activationBytes: number;
  readonly layers: readonly Layer[];
  /** Empty where the model has several inputs or outputs: no chain, so nothing that plans are made of. */
  readonly units: readonly Unit[];
  /** Every place where it can be divided, by one tensor or several. */
  readonly cuts: readonly Cut[];
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  /** The first of each: the only ones of a model that can be run here. */
  readonly input: ValueInfo;
  readonly output: ValueInfo;
}

export interface Form {
  readonly model: Model;
  readonly values: Values;
  readonly description: FormDescription;
}

export interface PreparedModel {
  readonly forms: Readonly<Record<FormId, Form>>;
  readonly fusion: FusionReport;
  /** What a reader should know of the file. */
  readonly warnings: readonly string[];
}

type PrepareError = Extract<AppError, { code: 'model-invalid' | 'model-open' | 'model-unsupported' }>;

/** A model as it was read, its constants folded and nothing fused: where composing and fusing start. */
export interface SourceModel {
  readonly model: Model;
  /** How many nodes of the file only made constants. */
  readonly foldedNodes: number;
}

export function readModel(bytes: Uint8Array, bindings?: Bindings): Result<SourceModel, PrepareError> {
  return typed(() => sourceOf(bytes, bindings));
}

function sourceOf(bytes: Uint8Array, bindings?: Bindings): Result<SourceModel, PrepareError> {
  const parsed = parseModel(bytes, bindings);
  if (!parsed.ok) return parsed;
  const model = foldConstants(parsed.value);
  return ok({ model, foldedNodes: parsed.value.graph.nodes.length - model.graph.nodes.length });
}

/** Both forms of a model. */
export function prepareForms(source: SourceModel): Result<PreparedModel, PrepareError> {
  return typed(() => formsOf(source));
}

/** A file can be whole and still be beyond this reader – too deep, too long; that is the file's failure, not a bug's. */
function typed<T>(work: () => Result<T, PrepareError>): Result<T, PrepareError> {
  try {
    return work();
  } catch (thrown) {
    return err({ code: 'model-invalid', detail: detailOf(thrown) });
  }
}

function formsOf({ model: read, foldedNodes }: SourceModel): Result<PreparedModel, PrepareError> {
  // What no output needs would only break the chain.
  const model = { ...read, graph: dropUnread(read.graph) };
  const values = inferShapes(model.graph);
  if (!values.ok) return values;
  const { model: deployModel, report } = fuseModel(model, values.value);
  const [multiBranch, deploy] = [formOf(model), formOf(deployModel)];
  if (!multiBranch.ok) return multiBranch;
  if (!deploy.ok) return deploy;
  const warnings = modelWarnings(model, foldedNodes, values.value, multiBranch.value.description);
  return ok({ forms: { 'multi-branch': multiBranch.value, deploy: deploy.value }, fusion: report, warnings });
}

export function prepareModel(bytes: Uint8Array, bindings?: Bindings): Result<PreparedModel, PrepareError> {
  const source = readModel(bytes, bindings);
  return source.ok ? prepareForms(source.value) : source;
}

function formOf(read: Model): Result<Form, PrepareError> {
  const inferred = inferShapes(read.graph);
  if (!inferred.ok) return inferred;
  const values = inferred.value;
  // The file may leave dimensions of its outputs open; here they are known.
  const outputs = read.graph.outputs.map((output) => {
    const known = values.get(output.name);
    return known ? { ...output, ...known, isOpen: false } : output;
  });
  const model = { ...read, graph: { ...read.graph, outputs } };
  const { graph } = model;
  const layers = layersOf(graph, values);
  const [[input], [output]] = [graph.inputs, outputs];
  if (!input || !output)
    return err({ code: 'model-unsupported', node: graph.name, detail: 'it has no input or no output' });
  const sum = (of: (layer: Layer) => number): number => layers.reduce((total, layer) => total + of(layer), 0);
  const made = layers.flatMap(({ nodes }) => values.get(nodes.at(-1)?.outputs[0] ?? '') ?? []);
  return ok({
    model,
    values,
    description: {
      operators: operatorCounts(graph),
      nodes: graph.nodes.length,
      flop: sum((layer) => layer.flop),
      weightBytes: sum((layer) => layer.weightBytes),
      activationBytes: made.reduce((total, value) => total + byteCount(value), 0),
      layers,
      units: unitsOf(graph, values, layers),
      cuts: cutsOf(graph, values, layers),
      inputs: graph.inputs,
      outputs,
      input,
      output,
    },
  });
}
