/**
 * @file Turns nodes whose result is known at load time into constants: `Constant`, `Identity` and `Cast` of stored weights, and
 * the arithmetic that exporters leave on shapes. The cast is how fp16 storage works here: the file stays a valid ONNX model
 * for any runtime, and our loader widens it once instead of at every start of a session.
 */
import { dropUnreadConstants } from './drop-unread.ts';
import { evaluateNode } from './evaluate-node.ts';
import { inferNode } from './infer-shapes.ts';
import type { GraphNode, Model, Tensor, ValueInfo } from './model.ts';
import { intAttribute } from './model.ts';
import { tensorOfNumbers } from './numbers.ts';
import { floatsOf, floatTensor } from './tensor.ts';

const ONNX_FLOAT = 1;

/** A constant that is stored, copied or widened; of any size, so without a detour through numbers. */
function storedConstant(node: GraphNode, constants: ReadonlyMap<string, Tensor>): Tensor | null {
  if (node.domain !== '') return null;
  if (node.opType === 'Constant') return constantAttribute(node);
  const source = constants.get(node.inputs[0] ?? '');
  if (source === undefined) return null;
  if (node.opType === 'Identity') return source;
  if (node.opType === 'Cast' && intAttribute(node, 'to', 0) === ONNX_FLOAT) {
    const floats = floatsOf(source);
    return floats === null ? null : floatTensor(source.shape, floats);
  }
  return null;
}

/** `Constant` holds a tensor, or since opset 12 plain numbers. */
function constantAttribute({ attributes }: GraphNode): Tensor | null {
  for (const [name, attribute] of attributes) {
    if (name === 'value' && attribute.kind === 'tensor') return attribute.value;
    if (name === 'value_float' && attribute.kind === 'float')
      return tensorOfNumbers('float32', [], [attribute.value]);
    if (name === 'value_int' && attribute.kind === 'int')
      return tensorOfNumbers('int64', [], [attribute.value]);
    if (name === 'value_floats' && attribute.kind === 'floats')
      return tensorOfNumbers('float32', [attribute.value.length], attribute.value);
    if (name === 'value_ints' && attribute.kind === 'ints')
      return tensorOfNumbers('int64', [attribute.value.length], attribute.value);
  }
  return null;
}

/** The same function with its constant nodes folded, and constants nobody reads dropped. */
export function foldConstants(model: Model): Model {
  const { graph } = model;
  const initializers = new Map(graph.initializers);
  const outputs = new Set(graph.outputs.map(({ name }) => name));
  const values = new Map<string, ValueInfo>(graph.inputs.map((input) => [input.name, input]));
  for (const [name, { dtype, shape }] of initializers) values.set(name, { name, dtype, shape });
  const nodes = graph.nodes.filter((node) => {
    const [name = ''] = node.outputs;
    const constant =
      storedConstant(node, initializers) ?? computedConstant(node, values, initializers, graph.stated);
    if (constant === null) return true;
    initializers.set(name, constant);
    values.set(name, { name, dtype: constant.dtype, shape: constant.shape });
    // An engine wants its outputs made by nodes.
    return outputs.has(name);
  });
  return {
    ...model,
    graph: dropUnreadConstants({ ...graph, nodes, initializers: withoutMade(initializers, nodes) }),
  };
}

/** Constants that a node still makes are none. */
function withoutMade(
  initializers: ReadonlyMap<string, Tensor>,
  nodes: readonly GraphNode[],
): ReadonlyMap<string, Tensor> {
  const made = new Set(nodes.flatMap(({ outputs }) => outputs));
  return new Map([...initializers].filter(([name]) => !made.has(name)));
}

/** Shape arithmetic; also notes the shapes of the node's outputs, as far as they can be known here. */
function computedConstant(
  node: GraphNode,
  values: Map<string, ValueInfo>,
  constants: ReadonlyMap<string, Tensor>,
  stated: ReadonlyMap<string, ValueInfo> | undefined,
): Tensor | null {
  const inferred = inferNode(node, values, constants, stated);
  if (!inferred.ok) return null;
  for (const value of inferred.value) values.set(value.name, value);
  const [output] = inferred.value;
  return output && node.outputs.length === 1
    ? evaluateNode(node, output, constants, (name) => values.get(name)?.shape)
    : null;
}
