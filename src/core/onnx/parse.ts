/**
 * @file ONNX bytes → IR. Structure errors, external data and unsupported element types come back as a typed error,
 * never as an exception. Free (symbolic) dimensions of the inputs are bound to `bindings`, by name; a batch that nobody binds is one
 * picture. What the IR has no place for is kept (rest.ts).
 */
import { fromBinary } from '@bufbuild/protobuf';
import type { AttributeProto, GraphProto, ModelProto, NodeProto } from 'onnx-buf';
import {
  AttributeProto_AttributeType as Kind,
  AttributeProtoSchema,
  GraphProtoSchema,
  ModelProtoSchema,
  NodeProtoSchema,
  OperatorSetIdProtoSchema,
  StringStringEntryProtoSchema,
} from 'onnx-buf';
import type { AppError } from '../errors.ts';
import { detailOf } from '../errors.ts';
import type { AttributeValue, Graph, GraphNode, Model } from '../graph/model.ts';
import { err, ok, type Result } from '../result.ts';
import { capturedNames } from './captured.ts';
import { censusObstacle } from './census.ts';
import { dataTypeOf, PRODUCER } from './data-types.ts';
import { Invalid, tensorOf } from './parse-tensors.ts';
import { freeDimensions, inputOf, statedValues, valueOf, type Bindings, type Sizes } from './parse-values.ts';
import { named, restOf, unreadOf } from './rest.ts';
import { decodeUtf8 } from './text.ts';

type ParseError = Extract<AppError, { code: 'model-invalid' | 'model-open' }>;

export function parseModel(bytes: Uint8Array, bindings: Bindings = {}): Result<Model, ParseError> {
  try {
    const obstacle = censusObstacle(ModelProtoSchema, bytes);
    if (obstacle !== null) throw new Invalid(obstacle);
    const model = modelOf(fromBinary(ModelProtoSchema, bytes), bindings);
    const open = model.freeDimensions?.some(({ size }) => size === null);
    return open ? err({ code: 'model-open', dimensions: model.freeDimensions ?? [] }) : ok(model);
  } catch (thrown) {
    return err({ code: 'model-invalid', detail: detailOf(thrown) });
  }
}

function modelOf(proto: ModelProto, bindings: Bindings): Model {
  if (!proto.graph || proto.graph.node.length === 0) throw new Invalid('it holds no graph');
  const opsets = new Map(proto.opsetImport.map((entry) => [entry.domain, Number(entry.version)]));
  const opset = opsets.get('') ?? opsets.get('ai.onnx');
  if (opset === undefined) throw new Invalid('it names no operator set');
  opsets.delete('');
  opsets.delete('ai.onnx');
  const constants = new Set(proto.graph.initializer.map(({ name }) => name));
  const free = proto.graph.input
    .filter(({ name }) => !constants.has(name))
    .flatMap((value) => freeDimensions(value, bindings));
  const unasked = Object.keys(bindings).find((name) => !free.some((each) => each.name === name));
  if (unasked !== undefined) throw new Invalid(`it leaves no dimension “${unasked}” open`);
  const sizes = new Map(free.map(({ name, size }) => [name, size ?? 1]));
  const unread = unreadOf({
    model: restOf(ModelProtoSchema, proto, [
      ...(['irVersion', 'opsetImport', 'metadataProps', 'graph'] as const),
      ...(proto.producerName === PRODUCER ? (['producerName'] as const) : []),
    ]),
    ...named('opset', proto.opsetImport, (entry) => [
      entry.domain,
      restOf(OperatorSetIdProtoSchema, entry, ['domain', 'version']),
    ]),
    ...named('metadata', proto.metadataProps, (entry) => [
      entry.key,
      restOf(StringStringEntryProtoSchema, entry, ['key', 'value']),
    ]),
  });
  return {
    // Before version 4 constants had to be inputs too, which they are not here.
    irVersion: Math.max(4, Number(proto.irVersion)),
    opset,
    otherOpsets: opsets,
    metadata: new Map(proto.metadataProps.map(({ key, value }) => [key, value])),
    graph: graphOf(proto.graph, sizes),
    ...(free.length > 0 && { freeDimensions: free }),
    ...unread,
  };
}

function graphOf(proto: GraphProto, sizes: Sizes): Graph {
  const [sparse] = proto.sparseInitializer;
  if (sparse)
    throw new Invalid(`“${sparse.values?.name ?? ''}” is a sparse tensor; export it as a dense one`);
  const initializers = new Map(proto.initializer.map((tensor) => [tensor.name, tensorOf(tensor)] as const));
  const graph: Graph = {
    name: proto.name,
    inputs: proto.input.filter(({ name }) => !initializers.has(name)).map((value) => inputOf(value, sizes)),
    outputs: proto.output.map((value) => valueOf(value, sizes)),
    nodes: withOwnNames(proto.node.map(nodeOf)),
    initializers,
    ...unreadOf({
      graph: restOf(GraphProtoSchema, proto, ['name', 'input', 'output', 'node', 'initializer', 'valueInfo']),
    }),
  };
  checkOrder(graph);
  const stated = statedValues([...proto.valueInfo, ...proto.output], sizes);
  return stated.size > 0 ? { ...graph, stated } : graph;
}

/** Nodes without a name get one; no two have the same, which the engine would refuse. */
function withOwnNames(nodes: readonly GraphNode[]): readonly GraphNode[] {
  const taken = new Set(nodes.map(({ name }) => name));
  return nodes.map((node, i) => {
    if (node.name !== '') return node;
    let name = `${node.opType}_${i}`;
    while (taken.has(name)) name += '_';
    taken.add(name);
    return { ...node, name };
  });
}

/** ONNX demands topological order and one producer a value; both are relied on everywhere, so both are checked. */
function checkOrder(graph: Graph): void {
  const known = new Set(['', ...graph.initializers.keys(), ...graph.inputs.map(({ name }) => name)]);
  for (const node of graph.nodes) {
    const missing = [...node.inputs, ...(node.captured ?? [])].find((input) => !known.has(input));
    if (missing !== undefined) throw new Invalid(`node “${node.name}” reads “${missing}” before it is made`);
    for (const output of node.outputs) {
      if (output !== '' && known.has(output)) throw new Invalid(`value “${output}” is made twice`);
      known.add(output);
    }
  }
  const lost = graph.outputs.find(({ name }) => !known.has(name));
  if (lost) throw new Invalid(`output “${lost.name}” is never made`);
}

function nodeOf(proto: NodeProto): GraphNode {
  const captured = capturedNames(proto);
  return {
    name: proto.name,
    opType: proto.opType,
    domain: proto.domain === 'ai.onnx' ? '' : proto.domain,
    inputs: proto.input,
    outputs: proto.output,
    attributes: new Map(proto.attribute.map((attribute) => [attribute.name, attributeOf(attribute)])),
    ...(captured.length > 0 && { captured }),
    ...unreadOf({
      node: restOf(NodeProtoSchema, proto, ['name', 'opType', 'domain', 'input', 'output', 'attribute']),
    }),
  };
}

const isSafe = (value: bigint): boolean => Number.isSafeInteger(Number(value));

/** The fields of an attribute, apart from its value. */
const ATTRIBUTE = ['name', 'type', 'i', 'f', 's', 'ints', 'floats', 't'] as const;

function attributeOf(proto: AttributeProto): AttributeValue {
  const opaque: AttributeValue = { kind: 'opaque', value: proto };
  const rest = unreadOf({ attribute: restOf(AttributeProtoSchema, proto, ATTRIBUTE) });
  switch (proto.type) {
    case Kind.INT:
      // Beyond 2^53 (“to the end”, INT64_MAX) a number would not come back the same.
      return isSafe(proto.i) ? { kind: 'int', value: Number(proto.i), ...rest } : opaque;
    case Kind.FLOAT:
      return { kind: 'float', value: proto.f, ...rest };
    case Kind.STRING: {
      const text = decodeUtf8(proto.s);
      return text === null ? opaque : { kind: 'string', value: text, ...rest };
    }
    case Kind.INTS:
      return proto.ints.every(isSafe) ? { kind: 'ints', value: proto.ints.map(Number), ...rest } : opaque;
    case Kind.FLOATS:
      return { kind: 'floats', value: proto.floats, ...rest };
    case Kind.TENSOR:
      // Texts and the narrowest numbers are nobody's weights here.
      return proto.t && dataTypeOf(proto.t.dataType) !== null
        ? { kind: 'tensor', value: tensorOf(proto.t, 'kept'), ...rest }
        : opaque;
    default:
      return opaque;
  }
}
