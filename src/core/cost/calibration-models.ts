/**
 * @file The networks of calibration-chains.ts as models. Weights are pseudo-random, of a size that keeps values of the same order from
 * layer to layer: neither do they overflow nor become so small that arithmetic slows down.
 */
import { inferShapes } from '../graph/infer-shapes.ts';
import { layersOf, type Layer } from '../graph/layers.ts';
import {
  elementCount,
  type AttributeValue,
  type GraphNode,
  type Model,
  type Tensor,
  type ValueInfo,
} from '../graph/model.ts';
import { floatTensor } from '../graph/tensor.ts';
import { uniform } from '../random.ts';
import { CHAINS, type Chain, type Step } from './calibration-chains.ts';

export interface CalibrationModel {
  readonly name: string;
  readonly model: Model;
  readonly layers: readonly Layer[];
  readonly input: ValueInfo;
  readonly output: ValueInfo;
}

const attribute = (value: number | readonly number[]): AttributeValue =>
  typeof value === 'number' ? { kind: 'int', value } : { kind: 'ints', value };

/** Builds a chain step by step; the value in work is `[1, channels, side, side]`, later `[1, channels]`. */
class ChainBuilder {
  readonly nodes: GraphNode[] = [];
  readonly initializers = new Map<string, Tensor>();
  private value = 'x';
  private before = 'x';
  private channels: number;
  /** Of what the last convolution read. */
  private channelsBefore = 0;
  private side: number;
  private isFlat = false;
  private readonly activation: Chain['activation'];
  private readonly next: () => number;

  constructor({ channels, side, activation }: Chain, seed: number) {
    this.channels = channels;
    this.side = side;
    this.activation = activation;
    this.next = uniform(seed);
    this.initializers.set('low', floatTensor([], [0]));
    this.initializers.set('high', floatTensor([], [6]));
  }

  add(step: Step): void {
    switch (step[0]) {
      case 'conv':
      case 'linear':
        this.convolution(step[1], step[2], step[3] ?? 1);
        if (step[0] === 'conv') this.activate();
        return;
      case 'add':
        this.node('Add', [this.value, this.before]);
        return;
      case 'concat':
        this.concat();
        return;
      case 'max':
      case 'average':
        this.pooling(step[0] === 'max' ? 'MaxPool' : 'AveragePool', step[1], step[2]);
        return;
      case 'global':
        this.node('GlobalAveragePool', [this.value]);
        this.side = 1;
        return;
      case 'dense':
        this.dense(step[1]);
        return;
      case 'softmax':
        this.node('Softmax', [this.value]);
        return;
      case 'scale':
        this.node('Mul', [this.value, this.weights([1, this.channels, 1, 1], 1)]);
        return;
      case 'relu':
        this.node('Relu', [this.value]);
    }
  }

  /** The value that the last step made. */
  get output(): ValueInfo {
    const shape = this.isFlat ? [1, this.channels] : [1, this.channels, this.side, this.side];
    return { name: this.value, dtype: 'float32', shape };
  }

  private concat(): void {
    this.node('Concat', [this.before, this.value], { axis: 1 });
    this.channels += this.channelsBefore;
  }

  private convolution(kernel: number, to: number | 'depthwise', stride: number): void {
    const [outputs, perGroup] = to === 'depthwise' ? [this.channels, 1] : [to, this.channels];
    const fanIn = perGroup * kernel * kernel;
    const inputs = [
      this.value,
      this.weights([outputs, perGroup, kernel, kernel], fanIn),
      this.weights([outputs], fanIn),
    ];
    const pad = (kernel - 1) / 2;
    this.node('Conv', inputs, {
      kernel_shape: [kernel, kernel],
      strides: [stride, stride],
      pads: [pad, pad, pad, pad],
      group: this.channels / perGroup,
    });
    this.channelsBefore = this.channels;
    this.channels = outputs;
    this.side = Math.ceil(this.side / stride);
  }

  /** Makes an activation part of the layer before. */
  private activate(): void {
    const { before } = this;
    this.node(this.activation, [this.value, ...(this.activation === 'Clip' ? ['low', 'high'] : [])]);
    this.before = before;
  }

  private pooling(opType: string, kernel: number, stride: number): void {
    const pad = kernel % 2 === 1 ? (kernel - 1) / 2 : 0;
    this.node(opType, [this.value], {
      kernel_shape: [kernel, kernel],
      strides: [stride, stride],
      pads: [pad, pad, pad, pad],
    });
    this.side = pad > 0 ? Math.ceil(this.side / stride) : Math.floor((this.side - kernel) / stride) + 1;
  }

  private dense(to: number): void {
    const from = this.channels * this.side * this.side;
    if (!this.isFlat) this.node('Flatten', [this.value], { axis: 1 });
    this.isFlat = true;
    this.side = 1;
    this.node('Gemm', [this.value, this.weights([to, from], from), this.weights([to], from)], { transB: 1 });
    this.channels = to;
  }

  private node(
    opType: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, number | readonly number[]>> = {},
  ): void {
    // Of equal length, so that no name begins another (layer-times.ts).
    const name = `layer${String(this.nodes.length).padStart(3, '0')}`;
    const entries = Object.entries(attributes).map(([key, value]) => [key, attribute(value)] as const);
    this.nodes.push({ name, opType, domain: '', inputs, outputs: [name], attributes: new Map(entries) });
    this.before = this.value;
    this.value = name;
  }

  /** He's range for what adds up `fanIn` values, so that their size stays. */
  private weights(shape: readonly number[], fanIn: number): string {
    const name = `weights${this.initializers.size}`;
    const reach = Math.sqrt(6 / fanIn);
    const values = Float32Array.from({ length: elementCount(shape) }, () => reach * (2 * this.next() - 1));
    this.initializers.set(name, floatTensor(shape, values));
    return name;
  }
}

function modelOf(chain: Chain, seed: number): CalibrationModel {
  const input: ValueInfo = {
    name: 'x',
    dtype: 'float32',
    shape: [1, chain.channels, chain.side, chain.side],
  };
  const builder = new ChainBuilder(chain, seed);
  chain.steps.forEach((step) => builder.add(step));
  const { nodes, initializers, output } = builder;
  const graph = { name: chain.name, inputs: [input], outputs: [output], nodes, initializers };
  const values = inferShapes(graph);
  if (!values.ok) throw new Error(`calibration “${chain.name}”: ${values.error.detail}`);
  const model = { irVersion: 8, opset: 17, otherOpsets: new Map(), metadata: new Map(), graph };
  return { name: chain.name, model, layers: layersOf(graph, values.value), input, output };
}

/** The networks of a calibration, the cheapest first; about 40 MB while they are held, so they are made when needed. */
export function* calibrationModels(): Generator<CalibrationModel> {
  for (const [i, chain] of CHAINS.entries()) yield modelOf(chain, i + 1);
}

/** The network that tells a processor's pace: of about 1 ms on a phone's core, and of the kernels that the others consist of. */
export const PACE = 'digits';

export function paceModel(): CalibrationModel {
  for (const model of calibrationModels()) if (model.name === PACE) return model;
  throw new Error('no such chain');
}

/** A network that does next to nothing: what any run costs. */
export const idleModel = (): CalibrationModel =>
  modelOf({ name: 'idle', channels: 1, side: 8, activation: 'Relu', steps: [['relu']] }, 0);
