/**
 * @file The model IR: a typed, immutable view of an ONNX graph that the rest of the product works on. Values are named;
 * an empty input name means "optional input left out", as in ONNX. Nodes are in topological order.
 * It does not know protobuf (see core/onnx) and holds no engine state.
 */

export type DataType =
  | 'float32'
  | 'float16'
  | 'bfloat16'
  | 'float64'
  | 'int8'
  | 'uint8'
  | 'int16'
  | 'uint16'
  | 'int32'
  | 'uint32'
  | 'int64'
  | 'uint64'
  | 'bool';

export const BYTES_PER_ELEMENT: Readonly<Record<DataType, number>> = {
  float32: 4,
  float16: 2,
  bfloat16: 2,
  float64: 8,
  int8: 1,
  uint8: 1,
  int16: 2,
  uint16: 2,
  int32: 4,
  uint32: 4,
  int64: 8,
  uint64: 8,
  bool: 1,
};

/** Parts of a file that this IR has no place for; core/onnx keeps them and writes them back, nobody else looks inside. */
export type Unread = unknown;

/** A constant: little-endian bytes of `shape` elements, 8-byte aligned in their own buffer. */
export interface Tensor {
  readonly dtype: DataType;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly unread?: Unread;
}

export type AttributeValue = AttributeContent & { readonly unread?: Unread };

type AttributeContent =
  | { readonly kind: 'int'; readonly value: number }
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'ints'; readonly value: readonly number[] }
  | { readonly kind: 'floats'; readonly value: readonly number[] }
  | { readonly kind: 'tensor'; readonly value: Tensor }
  /** Anything else (sub-graphs, sparse tensors …): carried through untouched. */
  | { readonly kind: 'opaque'; readonly value: unknown };

export interface GraphNode {
  readonly name: string;
  readonly opType: string;
  /** Empty for the standard ONNX operators. */
  readonly domain: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, AttributeValue>;
  /** Values of this graph that a sub-graph among the attributes reads (If, Loop, Scan). */
  readonly captured?: readonly string[];
  readonly unread?: Unread;
}

/** Type and static shape of a value, dimensions in ONNX order (images: `[N, C, H, W]`). */
export interface ValueInfo {
  readonly name: string;
  readonly dtype: DataType;
  readonly shape: readonly number[];
  /** The file leaves some of the shape open, and nothing tells more: what is here is a guess. */
  readonly isOpen?: boolean;
  readonly unread?: Unread;
}

export interface Graph {
  readonly name: string;
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  readonly nodes: readonly GraphNode[];
  readonly initializers: ReadonlyMap<string, Tensor>;
  /** Types and shapes that the file itself states for values inside; asked only about operators that have no shape rule. */
  readonly stated?: ReadonlyMap<string, ValueInfo>;
  readonly unread?: Unread;
}

/** A dimension of an input that the file leaves open, and what it was bound to. */
export interface FreeDimension {
  /** Its name in the file, or `input[axis]` where it has none. One name may stand for several. */
  readonly name: string;
  readonly input: string;
  readonly axis: number;
  /** Null where nobody has said yet. */
  readonly size: number | null;
}

export interface Model {
  readonly irVersion: number;
  /** Operator-set version of the standard domain. */
  readonly opset: number;
  /** Other operator sets: domain → version. */
  readonly otherOpsets: ReadonlyMap<string, number>;
  readonly metadata: ReadonlyMap<string, string>;
  readonly graph: Graph;
  /** Empty where every input has one shape only. */
  readonly freeDimensions?: readonly FreeDimension[];
  readonly unread?: Unread;
}

export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, dimension) => product * dimension, 1);
}

export function byteCount(value: { readonly dtype: DataType; readonly shape: readonly number[] }): number {
  return elementCount(value.shape) * BYTES_PER_ELEMENT[value.dtype];
}

export function intAttribute(node: GraphNode, name: string, fallback: number): number {
  const found = node.attributes.get(name);
  return found?.kind === 'int' ? found.value : fallback;
}

export function floatAttribute(node: GraphNode, name: string, fallback: number): number {
  const found = node.attributes.get(name);
  return found?.kind === 'float' ? found.value : fallback;
}

export function stringAttribute(node: GraphNode, name: string, fallback: string): string {
  const found = node.attributes.get(name);
  return found?.kind === 'string' ? found.value : fallback;
}

export function intsAttribute(node: GraphNode, name: string, fallback: readonly number[]): readonly number[] {
  const found = node.attributes.get(name);
  return found?.kind === 'ints' ? found.value : fallback;
}

/** How many nodes of each operator the graph has, sorted by name. */
export function operatorCounts(graph: Graph): Record<string, number> {
  const counts = new Map<string, number>();
  for (const node of graph.nodes) counts.set(node.opType, (counts.get(node.opType) ?? 0) + 1);
  return Object.fromEntries([...counts].sort(([a], [b]) => a.localeCompare(b)));
}

/** How often each value is read, by nodes and as graph output. */
export function consumerCounts(graph: Graph): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  const count = (name: string): void => void counts.set(name, (counts.get(name) ?? 0) + 1);
  for (const { inputs, captured = [] } of graph.nodes) [...inputs, ...captured].forEach(count);
  for (const output of graph.outputs) count(output.name);
  return counts;
}
