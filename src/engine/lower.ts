/**
 * @file A shaped graph to the program of our own engine, or why the engine cannot run it. Reads ONNX meanings only; layout and
 * kernels are the back ends' business.
 */
import {
  consumerCounts,
  elementCount,
  floatAttribute,
  intAttribute,
  type Graph,
  type GraphNode,
} from '../core/graph/model.ts';
import type { Values } from '../core/graph/infer-shapes.ts';
import { windowOf } from '../core/graph/window.ts';
import { err, ok, type Result } from '../core/result.ts';
import { featureMapOf, GraphView, Unsupported } from './graph-view.ts';
import { NO_CLAMP, type Clamp, type FeatureMap, type MapIndex, type Program, type Step } from './program.ts';

/** What keeps the engine from running a graph. */
export interface Obstacle {
  readonly node: string;
  readonly detail: string;
}

/** The program of a graph of one picture, constants folded; `values` hold every shape (`inferShapes`). */
export function lower(graph: Graph, values: Values): Result<Program, Obstacle> {
  try {
    return ok(new Lowering(graph, values).program());
  } catch (thrown) {
    if (thrown instanceof Unsupported) return err({ node: thrown.node, detail: thrown.message });
    throw thrown;
  }
}

type Rule = (lowering: Lowering, node: GraphNode) => void;

class Lowering {
  private readonly view: GraphView;
  private readonly consumers: ReadonlyMap<string, number>;
  private readonly maps: FeatureMap[] = [];
  private readonly mapOf = new Map<string, MapIndex>();
  /** How often each map is read under any of its names. */
  private readonly reads: number[] = [];
  private readonly steps: Step[] = [];

  constructor(graph: Graph, values: Values) {
    this.view = new GraphView(graph, values);
    this.consumers = consumerCounts(graph);
  }

  program(): Program {
    const { inputs, outputs, initializers, nodes } = this.view.graph;
    const [input, ...furtherInputs] = inputs.filter(({ name }) => !initializers.has(name));
    const [output, ...furtherOutputs] = outputs;
    if (!input || !output || furtherInputs.length > 0 || furtherOutputs.length > 0)
      throw new Unsupported('', 'it has not one input and one output');
    if (input.dtype !== 'float32') throw new Unsupported('', `its input is ${input.dtype}`);
    const first = this.define(input.name, featureMapOf('', input.shape));
    for (const node of nodes) {
      const rule = node.domain === '' ? RULES.get(node.opType) : undefined;
      if (!rule) throw new Unsupported(node.name, `operator ${node.opType}`);
      rule(this, node);
    }
    const last = this.indexOf('', output.name);
    if (this.steps.length === 0) throw new Unsupported('', 'it computes nothing');
    return { maps: this.maps, input: first, output: last, steps: this.steps };
  }

  convolution(node: GraphNode): void {
    const [input = '', weightName = '', biasName = ''] = node.inputs;
    const map = this.picture(node, input);
    const [outputs = 0, perGroup = 0, ...kernel] = this.view.shape(node, weightName);
    const window = windowOf(node, kernel, this.view.shape(node, input));
    const weights = this.view.constant(node, weightName);
    const bias = biasName === '' ? new Float32Array(outputs) : this.view.constant(node, biasName);
    const groups = intAttribute(node, 'group', 1);
    const parts = { ...this.parts(node, input), ...window, weights, bias };
    if (groups === 1) this.emit({ kind: 'convolution', ...parts, residual: null });
    else if (groups === map.channels && outputs === groups && perGroup === 1)
      this.emit({ kind: 'depthwise', ...parts });
    else throw new Unsupported(node.name, `a convolution in ${groups} groups`);
  }

  /** `alpha·A·B + beta·C`, as a convolution whose window is the whole map that was flattened. */
  dense(node: GraphNode): void {
    const [input = '', weightName = '', biasName = ''] = node.inputs;
    const isGemm = node.opType === 'Gemm';
    const [rows, ...rest] = this.view.shape(node, input);
    const matrix = this.view.shape(node, weightName);
    const isPlain = rows === 1 && rest.length === 1 && matrix.length === 2;
    if (!isPlain || (isGemm && intAttribute(node, 'transA', 0) !== 0))
      throw new Unsupported(node.name, 'a matrix product of more than one row');
    const isTransposed = isGemm && intAttribute(node, 'transB', 0) !== 0;
    const outputs = (isTransposed ? matrix[0] : matrix[1]) ?? 0;
    const depth = (isTransposed ? matrix[1] : matrix[0]) ?? 0;
    const [alpha, beta] = isGemm
      ? [floatAttribute(node, 'alpha', 1), floatAttribute(node, 'beta', 1)]
      : [1, 1];
    const stored = this.view.constant(node, weightName);
    const weights = new Float32Array(outputs * depth);
    for (let o = 0; o < outputs; o++)
      for (let k = 0; k < depth; k++)
        weights[o * depth + k] =
          alpha * ((isTransposed ? stored[o * depth + k] : stored[k * outputs + o]) ?? 0);
    const added = biasName === '' ? new Float32Array(1) : this.view.constant(node, biasName);
    if (added.length !== 1 && added.length !== outputs)
      throw new Unsupported(node.name, 'its addend is not one a column');
    const bias = Float32Array.from({ length: outputs }, (_, o) => beta * (added[o % added.length] ?? 0));
    const { height, width } = this.map(this.indexOf(node.name, input));
    this.emit({
      kind: 'convolution',
      ...this.parts(node, input),
      kernel: [height, width],
      strides: [1, 1],
      dilations: [1, 1],
      pads: [0, 0, 0, 0],
      weights,
      bias,
      residual: null,
    });
  }

  /** A norm that was not fused, as scale and shift of each channel. */
  norm(node: GraphNode): void {
    const [input = '', ...statistics] = node.inputs;
    const { channels } = this.picture(node, input);
    if (intAttribute(node, 'training_mode', 0) !== 0)
      throw new Unsupported(node.name, 'a norm that is still trained');
    const [scale, shift, means, variances] = statistics.map((name) => this.view.constant(node, name));
    const epsilon = floatAttribute(node, 'epsilon', 1e-5);
    const weights = Float32Array.from(
      { length: channels },
      (_, c) => (scale?.[c] ?? 1) / Math.sqrt((variances?.[c] ?? 1) + epsilon),
    );
    const bias = weights.map((weight, c) => (shift?.[c] ?? 0) - weight * (means?.[c] ?? 0));
    this.emit({
      kind: 'depthwise',
      ...this.parts(node, input),
      kernel: [1, 1],
      strides: [1, 1],
      dilations: [1, 1],
      pads: [0, 0, 0, 0],
      weights,
      bias,
    });
  }

  mean(node: GraphNode): void {
    const [input = ''] = node.inputs;
    const { channels } = this.picture(node, input);
    const result = this.view.shape(node, node.outputs[0] ?? '');
    if (result[1] !== channels || elementCount(result) !== channels)
      throw new Unsupported(node.name, `${node.opType} over other axes`);
    this.emit({ kind: 'mean', ...this.parts(node, input) });
  }

  /** The later of the two takes the other as its residual, if it is a convolution that nobody else reads. */
  add(node: GraphNode): void {
    const [a = '', b = ''] = node.inputs;
    const [first, second] = [this.indexOf(node.name, a), this.indexOf(node.name, b)];
    const [map, other] = [this.map(first), this.map(second)];
    if (map.channels !== other.channels || map.height !== other.height || map.width !== other.width)
      throw new Unsupported(node.name, 'an addition that repeats one side');
    const later = this.makerOf(first) > this.makerOf(second) ? first : second;
    const residual = later === first ? second : first;
    const maker = this.steps[this.makerOf(later)];
    const takes =
      maker?.kind === 'convolution' &&
      maker.residual === null &&
      isOpen(maker.clamp) &&
      residual !== later &&
      this.reads[later] === 1;
    if (!takes) {
      this.emit({ kind: 'add', ...this.parts(node, a), other: second });
      return;
    }
    this.replace({ ...maker, residual, nodes: [...maker.nodes, node.name] });
    this.alias(node, later);
  }

  activation(node: GraphNode): void {
    const [input = ''] = node.inputs;
    const index = this.indexOf(node.name, input);
    const clamp = this.clampOf(node);
    const maker = this.steps[this.makerOf(index)];
    if (maker && isOpen(maker.clamp) && this.reads[index] === 1) {
      this.replace({ ...maker, clamp, nodes: [...maker.nodes, node.name] });
      this.alias(node, index);
    } else this.emit({ kind: 'add', ...this.parts(node, input), clamp, other: null });
  }

  /** The same values under another shape: of one row, or the shape before. */
  reshape(node: GraphNode): void {
    const [input = ''] = node.inputs;
    const [before, after] = [this.view.shape(node, input), this.view.shape(node, node.outputs[0] ?? '')];
    const isRow = after[0] === 1 && after.length === 2;
    if (!isRow && before.join() !== after.join()) throw new Unsupported(node.name, 'a change of shape');
    this.alias(node, this.indexOf(node.name, input));
  }

  private clampOf(node: GraphNode): Clamp {
    if (node.opType === 'Relu') return { min: 0, max: Infinity };
    const bound = (input: number, name: string, open: number): number => {
      const value = node.inputs[input] ?? '';
      if (value === '') return floatAttribute(node, name, open);
      const [number] = this.view.constant(node, value);
      return number ?? open;
    };
    return { min: bound(1, 'min', -Infinity), max: bound(2, 'max', Infinity) };
  }

  private parts(node: GraphNode, input: string) {
    const [name = ''] = node.outputs;
    return {
      nodes: [node.name],
      input: this.indexOf(node.name, input),
      output: this.define(name, featureMapOf(node.name, this.view.shape(node, name))),
      clamp: NO_CLAMP,
    };
  }

  private emit(step: Step): void {
    this.steps.push(step);
  }

  private replace(step: Step): void {
    this.steps[this.makerOf(step.output)] = step;
  }

  /** Index of the step that computes a map; -1 for the input. */
  private makerOf(index: MapIndex): number {
    return this.steps.findLastIndex(({ output }) => output === index);
  }

  private define(name: string, map: FeatureMap): MapIndex {
    const index = this.maps.push(map) - 1;
    this.mapOf.set(name, index);
    this.reads.push(this.consumers.get(name) ?? 0);
    return index;
  }

  private alias(node: GraphNode, index: MapIndex): void {
    const [name = ''] = node.outputs;
    this.mapOf.set(name, index);
    // The node that renames it read it.
    this.reads[index] = (this.reads[index] ?? 0) + (this.consumers.get(name) ?? 0) - 1;
  }

  private indexOf(node: string, name: string): MapIndex {
    const index = this.mapOf.get(name);
    if (index === undefined) throw new Unsupported(node, `“${name}” is a constant`);
    return index;
  }

  private map(index: MapIndex): FeatureMap {
    const map = this.maps[index];
    if (!map) throw new Error(`no map ${index}`);
    return map;
  }

  /** The map of a value that has kept its shape. */
  private picture(node: GraphNode, name: string): FeatureMap {
    if (this.view.shape(node, name).length !== 4) throw new Unsupported(node.name, `“${name}” is no picture`);
    return this.map(this.indexOf(node.name, name));
  }
}

const RULES: ReadonlyMap<string, Rule> = new Map<string, Rule>([
  ['Conv', (lowering, node) => lowering.convolution(node)],
  ['BatchNormalization', (lowering, node) => lowering.norm(node)],
  ['Gemm', (lowering, node) => lowering.dense(node)],
  ['MatMul', (lowering, node) => lowering.dense(node)],
  ['GlobalAveragePool', (lowering, node) => lowering.mean(node)],
  ['ReduceMean', (lowering, node) => lowering.mean(node)],
  ['Add', (lowering, node) => lowering.add(node)],
  ['Relu', (lowering, node) => lowering.activation(node)],
  ['Clip', (lowering, node) => lowering.activation(node)],
  ['Flatten', (lowering, node) => lowering.reshape(node)],
  ['Reshape', (lowering, node) => lowering.reshape(node)],
  ['Squeeze', (lowering, node) => lowering.reshape(node)],
  ['Identity', (lowering, node) => lowering.reshape(node)],
  ['Dropout', (lowering, node) => lowering.reshape(node)],
]);

const isOpen = ({ min, max }: Clamp): boolean => min === -Infinity && max === Infinity;
