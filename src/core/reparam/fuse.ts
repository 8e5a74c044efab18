/**
 * @file Fusion: every region of linear operators between two values becomes one convolution, exactly. It walks the graph
 * once, keeps the linear form of each value that has one, and writes Conv nodes where forms end. Nothing is matched
 * against a known network: RepVGG, ACNet, MobileOne and Diverse Branch blocks all fall out of the same few rules
 * (linear-operators, linear-form, sequence). Formulas: METHOD §1.
 */
import { bypassIdentities } from '../graph/bypass.ts';
import { countNode } from '../graph/count.ts';
import { dropUnreadConstants } from '../graph/drop-unread.ts';
import type { Values } from '../graph/infer-shapes.ts';
import type { AttributeValue, Graph, GraphNode, Model, Tensor } from '../graph/model.ts';
import { consumerCounts, elementCount, intAttribute, operatorCounts } from '../graph/model.ts';
import { floatTensor, halfTensor } from '../graph/tensor.ts';
import { foldNorms } from './fold-norms.ts';
import {
  addForms,
  affine,
  depthwiseForm,
  kernelOf,
  mergeObstacle,
  stackForms,
  type LinearForm,
} from './linear-form.ts';
import { imageShape, linearOf, type Linear } from './linear-operators.ts';
import { isNode, joined, scaled, sequence, single, type Part, type Prices, type Region } from './region.ts';
import { sequenceObstacle, sequenceWork } from './sequence.ts';

export interface FusionReport {
  readonly before: { readonly operators: Readonly<Record<string, number>>; readonly nodes: number };
  readonly after: { readonly operators: Readonly<Record<string, number>>; readonly nodes: number };
  /** Nodes that disappeared into another. */
  readonly merged: number;
  /** Linear operators that stayed, with the reason. */
  readonly kept: readonly { readonly node: string; readonly reason: string }[];
}

export function fuseModel(
  model: Model,
  values: Values,
): { readonly model: Model; readonly report: FusionReport } {
  const fuser = new Fuser(foldNorms(bypassIdentities(model.graph)), values);
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
  private readonly prices: Prices;
  /** Multiply-adds of kernels that the sequences so far will take, if all are written as one. */
  private work = 0;

  constructor(graph: Graph, values: Values) {
    this.graph = graph;
    this.values = values;
    this.initializers = new Map(graph.initializers);
    this.consumers = consumerCounts(graph);
    this.prices = {
      flop: (node) => countNode(node, graph, values).flop,
      elements: ({ outputs }) => elementCount(values.get(outputs[0] ?? '')?.shape ?? []),
    };
  }

  run(): Graph {
    for (const node of this.graph.nodes) {
      const region = this.regionOf(node);
      // A node outside any region needs its inputs as real values.
      if (region === null) [...node.inputs, ...(node.captured ?? [])].forEach((name) => this.settle(name));
      if (region === null) this.nodes.push(node);
      else this.regions.set(node.outputs[0] ?? '', region);
    }
    for (const { name } of this.graph.outputs) this.settle(name);
    return dropUnreadConstants({ ...this.graph, nodes: this.nodes, initializers: this.initializers });
  }

  private regionOf(node: GraphNode): Region | null {
    const linear = linearOf(node, { graph: this.graph, values: this.values });
    switch (linear?.kind) {
      case 'form':
        return this.following(node, linear.form);
      case 'affine':
        return this.affine(node, linear);
      case 'refused':
        return this.keep(node, linear.reason);
      case undefined:
        return this.branches(node);
    }
  }

  /** A convolution of a value: of what that value is a convolution of, where the borders allow it. */
  private following(node: GraphNode, form: LinearForm): Region {
    const region = this.absorbable(form.source);
    if (region) {
      const work = sequenceWork(region.form, form);
      const obstacle =
        this.work + work > MOST_WORK
          ? 'merging it would take too long here'
          : sequenceObstacle(region.form, form, this.sizeOf(region.form.source));
      if (obstacle === null) {
        this.work += work;
        return sequence({ name: form.source, region }, node, form, this.prices);
      }
      this.keep(node, obstacle);
    }
    this.settle(form.source);
    return single(node, form, this.prices);
  }

  private affine(node: GraphNode, { input, scale, shift }: Extract<Linear, { kind: 'affine' }>): Region {
    const region = this.absorbable(input);
    if (region) return scaled({ name: input, region }, node, [scale, shift], this.prices);
    this.settle(input);
    return single(node, affine(depthwiseForm(input, scale.length), scale, shift), this.prices);
  }

  /** A sum of values, or their channels one after the other, where all are convolutions of one value. */
  private branches(node: GraphNode): Region | null {
    const isSum = node.opType === 'Add' || node.opType === 'Sum';
    const isStack = node.opType === 'Concat' && [1, -3].includes(intAttribute(node, 'axis', 0));
    if (node.domain !== '' || !(isSum || isStack) || node.inputs.length < 2) return null;
    if (node.inputs.some((name) => this.initializers.has(name))) return null;
    const regions = node.inputs.map((name) => this.absorbable(name));
    const source = regions.find((region) => region !== null)?.form.source;
    const forms = node.inputs.map((name, i) => regions[i]?.form ?? this.identity(name, source));
    const [first, ...others] = forms;
    // Concatenations of activations are what they are; a sum of them is a residual, which readers ask about.
    if (!first || !others.every((form) => form !== null))
      return isSum
        ? this.keep(node, 'it adds a value that passed an activation on the way (a residual)')
        : null;
    let sum = first;
    for (const form of others) {
      if (isSum && form.outputChannels !== sum.outputChannels)
        return this.keep(node, 'its branches differ in channels');
      const obstacle = mergeObstacle(sum, form, this.sizeOf(sum.source));
      if (obstacle !== null) return this.keep(node, obstacle);
      sum = isSum ? addForms(sum, form) : stackForms(sum, form);
    }
    const parts = node.inputs.flatMap((name, i): Part[] => {
      const region = regions[i];
      return region ? [{ name, region }] : [];
    });
    if (parts.every(({ region }) => region.convolution === null))
      return this.keep(node, 'no convolution is among its branches');
    return joined(parts, node, sum, this.prices);
  }

  /** A branch that *is* the value which the others convolve. */
  private identity(name: string, source: string | undefined): LinearForm | null {
    const shape = imageShape(name, { graph: this.graph, values: this.values });
    return name === source && shape ? depthwiseForm(name, shape[1]) : null;
  }

  private sizeOf(name: string): readonly [number, number] {
    const shape = this.values.get(name)?.shape ?? [];
    return [shape[2] ?? 1, shape[3] ?? 1];
  }

  /** The region of a value that nobody else reads, so that it may vanish into the next. */
  private absorbable(name: string): Region | null {
    const region = this.regions.get(name);
    return region && this.consumers.get(name) === 1 && region.count < MOST_NODES ? region : null;
  }

  private keep(node: GraphNode, reason: string): null {
    this.kept.push({ node: node.name, reason });
    return null;
  }

  /** Makes a value of the graph of what was a form until now. */
  private settle(name: string): void {
    const region = this.regions.get(name);
    if (!region) return;
    this.regions.delete(name);
    this.write(name, region);
  }

  private write(name: string, region: Region): void {
    if (region.isOne) {
      this.nodes.push(this.convNode(name, region));
      return;
    }
    for (const part of region.parts) {
      this.regions.delete(part.name);
      this.write(part.name, part.region);
    }
    const { last } = region;
    if (!isNode(last)) this.write(name, last);
    else this.nodes.push(last);
    if (region.convolution !== null && region.count > 1) this.keep(region.node, tooMuchWork(region));
    else if (isNode(last) && last.opType === 'BatchNormalization')
      this.keep(last, 'no convolution before it to fold into');
  }

  private freshName(wanted: string): string {
    let name = wanted;
    while (this.initializers.has(name) || this.values.has(name)) name += '_';
    return name;
  }

  private convNode(output: string, { form, convolution }: Region): GraphNode {
    const [weight, bias] = ['weight', 'bias'].map((part) => this.freshName(`${output}/fused.${part}`));
    if (weight === undefined || bias === undefined) throw new Error('two names');
    const { kernel, strides, dilations, pads } = form.window;
    const shape = [form.outputChannels, form.inputChannels / form.groups, ...kernel];
    const tensor = this.values.get(form.source)?.dtype === 'float16' ? halfTensor : floatTensor;
    this.initializers.set(weight, tensor(shape, kernelOf(form, Float32Array)));
    this.initializers.set(bias, tensor([form.outputChannels], form.bias));
    const ints = (value: readonly number[]): AttributeValue => ({ kind: 'ints', value });
    return {
      name: convolution ?? output,
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

/** Multiply-adds of kernels that a reader waits for: some seconds. */
const MOST_WORK = 2 ** 32;

/** Far more than a block has; a region is walked recursively. */
const MOST_NODES = 500;

const tooMuchWork = ({ ratio }: Region): string =>
  `one convolution would take ${ratio < 10 ? ratio.toFixed(1) : Math.round(ratio)} times the arithmetic of its parts`;
