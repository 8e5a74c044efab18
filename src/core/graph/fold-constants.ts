/**
 * @file Turns nodes whose result is known at load time into constants: `Constant`, and `Cast` of a stored constant to
 * fp32. The second is how fp16 storage works here: the file stays a valid ONNX model for any runtime, and our loader
 * widens it once instead of at every start of a session.
 */
import { dropUnreadConstants } from './drop-unread.ts';
import type { GraphNode, Model, Tensor } from './model.ts';
import { intAttribute } from './model.ts';
import { floatsOf, floatTensor } from './tensor.ts';

const ONNX_FLOAT = 1;

function constantOf(node: GraphNode, initializers: ReadonlyMap<string, Tensor>): Tensor | null {
  if (node.domain !== '') return null;
  if (node.opType === 'Constant') {
    const value = node.attributes.get('value');
    return value?.kind === 'tensor' ? value.value : null;
  }
  const source = initializers.get(node.inputs[0] ?? '');
  if (source === undefined) return null;
  if (node.opType === 'Identity') return source;
  if (node.opType === 'Cast' && intAttribute(node, 'to', 0) === ONNX_FLOAT) {
    const floats = floatsOf(source);
    return floats === null ? null : floatTensor(source.shape, floats);
  }
  return null;
}

/** The same function with its constant nodes folded, and constants nobody reads dropped. */
export function foldConstants(model: Model): Model {
  const initializers = new Map(model.graph.initializers);
  const nodes = model.graph.nodes.filter((node) => {
    const constant = constantOf(node, initializers);
    if (constant === null) return true;
    initializers.set(node.outputs[0] ?? '', constant);
    return false;
  });
  return { ...model, graph: dropUnreadConstants({ ...model.graph, nodes, initializers }) };
}
