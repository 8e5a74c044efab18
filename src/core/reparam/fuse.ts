/**
 * @file Fusion: every region of linear operators between two values becomes one convolution, exactly. It walks the graph
 * once, keeps the linear form of each value that has one, and writes Conv nodes where forms end. Nothing is matched
 * against a known network: RepVGG blocks, plain Conv-BN and depthwise branches are all the same three rules.
 * Formulas: METHOD §1.
 */
import type { AttributeValue, Graph, GraphNode, Model, Tensor } from '../graph/model.ts';
import { consumerCounts, floatAttribute, intAttribute, operatorCounts } from '../graph/model.ts';
import { floatsOf, floatTensor } from '../graph/tensor.ts';
import type { Values } from '../graph/infer-shapes.ts';
import { windowOf } from '../graph/window.ts';
import { dropUnreadConstants } from '../graph/drop-unread.ts';
import {
  addForms,
  affine,
  convolutionForm,
  identityForm,
  kernelOf,
  mergeObstacle,
  type LinearForm,
} from './linear-form.ts';

export interface FusionReport {
  readonly before: { readonly operators: Readonly<Record<string, number>>; readonly nodes: number };
  readonly after: { readonly operators: Readonly<Record<string, number>>; readonly nodes: number };
  /** Nodes that disappeared into another. */
  readonly merged: number;
  /** Batch norms and additions that stayed, with the reason. */
  readonly kept: readonly { readonly node: string; readonly reason: string }[];
}

/** A value under construction: its form and the original nodes that the form stands for. */
interface Region {
  readonly form: LinearForm;
  readonly nodes: readonly GraphNode[];
  readonly hasConv: boolean;
}

export function fuseModel(
  model: Model,
  values: Values,
): { readonly model: Model; readonly report: FusionReport } {
  const fuser = new Fuser(model.graph, values);
  const graph = fuser.run();
  const before = { operators: operatorCounts(model.graph), nodes: model.graph.nodes.length };
  const after = { operators: operatorCounts(graph), nodes: graph.nodes.length };
  const report = { before, after, merged: before.nodes - after.nodes, kept: fuser.kept };
  return { model: { ...model, graph }, report };
}

class Fuser {
  readonly kept: { node: string; reason: string }[] = [];
  private readonly regions = new Map<string, Region>();
  private readonly initializers: Map<string, Tensor>;
  private readonly consumers: ReadonlyMap<string, number>;
  private readonly nodes: GraphNode[] = [];
  private readonly graph: Graph;
  private readonly values: Values;

  constructor(graph: Graph, values: Values) {
    this.graph = graph;
    this.values = values;
    this.initializers = new Map(graph.initializers);
    this.consumers = consumerCounts(graph);
  }

  run(): Graph {
    for (const node of this.graph.nodes) {
      const region = this.regionOf(node);
      // A node outside any region needs its inputs as real values.
      if (region === null) node.inputs.forEach((name) => this.settle(name));
      if (region === null) this.nodes.push(node);
      else this.regions.set(node.outputs[0] ?? '', region);
    }
    for (const { name } of this.graph.outputs) this.settle(name);
    return dropUnreadConstants({ ...this.graph, nodes: this.nodes, initializers: this.initializers });
  }

  private regionOf(node: GraphNode): Region | null {
    if (node.domain !== '') return null;
    switch (node.opType) {
      case 'Conv':
        return this.conv(node);
      case 'BatchNormalization':
        return this.batchNorm(node);
      case 'Add':
        return this.add(node);
      default:
        return null;
    }
  }

  private conv(node: GraphNode): Region | null {
    const [source = '', weightName = '', biasName = ''] = node.inputs;
    const weight = this.graph.initializers.get(weightName);
    const floats = weight ? floatsOf(weight) : null;
    const shape = this.values.get(source)?.shape;
    const [outputChannels = 0, perGroup = 0, ...kernel] = weight?.shape ?? [];
    if (!floats || shape?.length !== 4 || kernel.length !== 2) return null;
    const bias = biasName === '' ? new Float32Array(outputChannels) : this.constant(biasName);
    if (bias === null) return null;
    const groups = intAttribute(node, 'group', 1);
    this.settle(source);
    const form = convolutionForm({
      source,
      groups,
      inputChannels: perGroup * groups,
      outputChannels,
      window: windowOf(node, kernel, shape),
      weight: floats,
      bias: new Float64Array(bias),
    });
    return { form, nodes: [node], hasConv: true };
  }

  private batchNorm(node: GraphNode): Region | null {
    const [input = '', ...parameters] = node.inputs;
    const [gamma, beta, mean, variance] = parameters.map((name) => this.constant(name));
    const channels = this.values.get(input)?.shape[1];
    if (!gamma || !beta || !mean || !variance || channels !== gamma.length) {
      return this.keep(node, 'its statistics are not constants of the model');
    }
    if (intAttribute(node, 'training_mode', 0) !== 0) {
      return this.keep(node, 'it is in training mode: its statistics change with the input');
    }
    const epsilon = floatAttribute(node, 'epsilon', 1e-5);
    const scale = Float64Array.from(gamma, (g, c) => g / Math.sqrt((variance[c] ?? NaN) + epsilon));
    const shift = Float64Array.from(beta, (b, c) => b - (mean[c] ?? NaN) * (scale[c] ?? NaN));
    const absorbed = this.absorbable(input);
    if (!absorbed) {
      if (this.values.get(input)?.shape.length !== 4) return this.keep(node, 'its input is not an image');
      this.settle(input);
    }
    const base: Region = absorbed ?? { form: identityForm(input, channels), nodes: [], hasConv: false };
    return { ...base, form: affine(base.form, scale, shift), nodes: [...base.nodes, node] };
  }

  private add(node: GraphNode): Region | null {
    const [left = '', right = ''] = node.inputs;
    if (this.initializers.has(left) || this.initializers.has(right)) return null;
    const [a, b] = [this.branch(left, right), this.branch(right, left)];
    if (!a || !b) return this.keep(node, 'it adds a value that passed an activation on the way (a residual)');
    const shape = this.values.get(a.form.source)?.shape ?? [];
    const obstacle = mergeObstacle(a.form, b.form, [shape[2] ?? 1, shape[3] ?? 1]);
    if (obstacle !== null) return this.keep(node, obstacle);
    if (!a.hasConv && !b.hasConv) return this.keep(node, 'no convolution is among its branches');
    return { form: addForms(a.form, b.form), nodes: [...a.nodes, ...b.nodes, node], hasConv: true };
  }

  /** A summand as a region: its own, or the identity where it *is* the value that the other summand convolves. */
  private branch(name: string, other: string): Region | null {
    const own = this.absorbable(name);
    if (own) return own;
    const shape = this.values.get(name)?.shape;
    const isSource = this.regions.get(other)?.form.source === name;
    return isSource && shape?.length === 4
      ? { form: identityForm(name, shape[1] ?? 0), nodes: [], hasConv: false }
      : null;
  }

  /** The region of a value that nobody else reads, so that it may vanish into the next. */
  private absorbable(name: string): Region | null {
    return this.consumers.get(name) === 1 ? (this.regions.get(name) ?? null) : null;
  }

  private constant(name: string): Float32Array | null {
    const tensor = this.graph.initializers.get(name);
    return tensor ? floatsOf(tensor) : null;
  }

  private keep(node: GraphNode, reason: string): null {
    this.kept.push({ node: node.name, reason });
    return null;
  }

  /** Writes the nodes of a region: one Conv where that is fewer, the original nodes where it is not. */
  private settle(name: string): void {
    const region = this.regions.get(name);
    if (!region) return;
    this.regions.delete(name);
    if (region.nodes.length > 1 && region.hasConv) {
      this.nodes.push(this.convNode(name, region));
      return;
    }
    for (const node of region.nodes) {
      if (node.opType === 'BatchNormalization') this.keep(node, 'no convolution before it to fold into');
      this.nodes.push(node);
    }
  }

  private convNode(output: string, { form, nodes }: Region): GraphNode {
    const first = nodes.find((node) => node.opType === 'Conv');
    const name = first?.name ?? output;
    const [weight, bias] = [`${output}/fused.weight`, `${output}/fused.bias`];
    const { kernel, strides, dilations, pads } = form.window;
    const shape = [form.outputChannels, form.inputChannels / form.groups, ...kernel];
    this.initializers.set(weight, floatTensor(shape, kernelOf(form)));
    this.initializers.set(bias, floatTensor([form.outputChannels], form.bias));
    const ints = (value: readonly number[]): AttributeValue => ({ kind: 'ints', value });
    return {
      name,
      opType: 'Conv',
      domain: '',
      inputs: [form.source, weight, bias],
      outputs: [output],
      attributes: new Map([
        ['kernel_shape', ints(kernel)],
        ['strides', ints(strides)],
        ['dilations', ints(dilations)],
        ['pads', ints(pads)],
        ['group', { kind: 'int', value: form.groups }],
      ]),
    };
  }
}
