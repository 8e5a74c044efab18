/**
 * @file Twenty thousand damaged models: bits flipped, bytes cut out and doubled, and – what random bytes hardly ever hit – files that
 * are whole but lie: huge and negative sizes, cycles, names of nobody, wrong types and attributes, graphs inside graphs. Each is
 * either refused with a typed error or read; read ones are fused, divided and written.
 */
import { fromBinary, toBinary } from '@bufbuild/protobuf';
import {
  AttributeProto_AttributeType as Kind,
  GraphProtoSchema,
  ModelProtoSchema,
  type GraphProto,
  type ModelProto,
} from 'onnx-buf';
import { describe, expect, it } from 'vitest';
import { FAMILIES } from '../../fixtures/families.ts';
import { segmentOf } from '../graph/cuts.ts';
import { prepareModel } from '../prepare-model.ts';
import { uniform } from '../random.ts';
import { parseModel } from './parse.ts';
import { serializeModel } from './serialize.ts';

const SLOWEST_SECONDS = 2;
const files = FAMILIES.map(({ model }) => serializeModel(model));

/** What becomes of a damaged file, all the way; a throw is a failure of the test. */
function verdict(bytes: Uint8Array): string {
  const start = performance.now();
  const result = prepareModel(bytes);
  if (result.ok) {
    for (const { model, values, description } of Object.values(result.value.forms)) {
      expect(refusal(parseModel(serializeModel(model)))).toBe('');
      const [cut] = description.cuts;
      const head = description.layers.slice(0, (cut?.afterLayer ?? -1) + 1).flatMap(({ nodes }) => nodes);
      if (cut) serializeModel(segmentOf(model, values, head));
    }
  }
  expect((performance.now() - start) / 1000).toBeLessThan(SLOWEST_SECONDS);
  return result.ok ? 'read' : result.error.code;
}

const refusal = (result: ReturnType<typeof parseModel>): string =>
  result.ok ? '' : JSON.stringify(result.error);

type Random = () => number;
const below = (random: Random, limit: number): number => Math.floor(random() * limit);
const pick = <T>(random: Random, list: readonly T[]): T | undefined => list[below(random, list.length)];

function damageBytes(bytes: Uint8Array, random: Random): Uint8Array {
  const at = below(random, bytes.length);
  const length = below(random, 64);
  switch (below(random, 4)) {
    case 0: {
      const damaged = bytes.slice();
      for (let flips = 1 + below(random, 8); flips > 0; flips--) {
        const where = below(random, bytes.length);
        damaged[where] = (damaged[where] ?? 0) ^ (1 << below(random, 8));
      }
      return damaged;
    }
    case 1:
      return bytes.slice(0, at);
    case 2:
      return Uint8Array.of(...bytes.subarray(0, at), ...bytes.subarray(at + length));
    default:
      return Uint8Array.of(...bytes.subarray(0, at + length), ...bytes.subarray(at));
  }
}

const SIZES = [0n, -1n, 1n, 2n, 7n, 65_536n, 2n ** 31n, 2n ** 40n, 2n ** 63n - 1n, -(2n ** 63n)];

const copyOf = (graph: GraphProto): GraphProto =>
  fromBinary(GraphProtoSchema, toBinary(GraphProtoSchema, graph));

/** One lie in a file that is otherwise whole. */
function lie(proto: ModelProto, random: Random): void {
  const { graph } = proto;
  const node = pick(random, graph?.node ?? []);
  const constant = pick(random, graph?.initializer ?? []);
  const attribute = pick(random, node?.attribute ?? []);
  const size = pick(random, SIZES) ?? 0n;
  const anyName = pick(random, graph?.node ?? [])?.output[0] ?? 'nobody';
  if (!graph || !node) return;
  switch (below(random, 14)) {
    case 0:
      if (constant) constant.dims[below(random, constant.dims.length)] = size;
      break;
    case 1:
      if (constant) constant.dims = Array.from({ length: below(random, 200) }, () => size);
      break;
    case 2:
      if (constant) constant.dataType = below(random, 25);
      break;
    case 3:
      node.input[below(random, node.input.length)] = anyName;
      break;
    case 4:
      node.output[0] = anyName;
      break;
    case 5:
      graph.node.reverse();
      break;
    case 6:
      node.opType = pick(random, graph.node)?.opType ?? '';
      break;
    case 7:
      if (attribute) attribute.ints = attribute.ints.map(() => size);
      break;
    case 8:
      if (attribute) Object.assign(attribute, { type: below(random, 16), i: size });
      break;
    case 9:
      node.attribute = [];
      break;
    case 10: {
      const type = graph.input[0]?.type?.value;
      const dim = type?.case === 'tensorType' ? pick(random, type.value.shape?.dim ?? []) : undefined;
      if (dim) dim.value = { case: 'dimValue', value: size };
      break;
    }
    case 11:
      if (constant) {
        const numbers = new BigInt64Array(4).map(() => pick(random, SIZES) ?? 0n);
        Object.assign(constant, { dims: [4n], dataType: 7, rawData: new Uint8Array(numbers.buffer) });
      }
      break;
    case 12:
      if (attribute) Object.assign(attribute, { type: Kind.GRAPH, g: copyOf(graph) });
      break;
    default:
      node.input.push(...node.input, anyName);
  }
}

describe('twenty thousand damaged models', () => {
  it('are read or refused, in time, and never throw', () => {
    const random = uniform(2026);
    const found = new Map<string, number>();
    const rss = process.memoryUsage().rss;
    for (let i = 0; i < 20_000; i++) {
      const bytes = files[i % files.length] ?? new Uint8Array();
      let damaged: Uint8Array;
      if (i % 2 === 0) damaged = damageBytes(bytes, random);
      else {
        const proto = fromBinary(ModelProtoSchema, bytes);
        for (let lies = 1 + below(random, 3); lies > 0; lies--) lie(proto, random);
        damaged = toBinary(ModelProtoSchema, proto);
      }
      const code = verdict(damaged);
      found.set(code, (found.get(code) ?? 0) + 1);
    }
    expect([...found.keys()].sort()).toEqual(['model-invalid', 'model-open', 'model-unsupported', 'read']);
    // Neither is everything refused, nor is everything read.
    for (const count of found.values()) expect(count).toBeGreaterThan(50);
    expect(process.memoryUsage().rss - rss).toBeLessThan(1.5e9);
  }, 120_000);
});
