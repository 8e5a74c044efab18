/**
 * @file Counts what a file would unfold into before it is unfolded: a message of two bytes becomes an object of hundreds, so a small
 * file could fill the memory. Walks the wire format by the schema, and makes nothing.
 */
import { ScalarType, type DescMessage } from '@bufbuild/protobuf';
import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';

/** Far above what networks have: the largest vision models hold some ten thousand nodes. */
const MOST_MESSAGES = 1 << 20;
/** Bytes of whole numbers in typed fields; each becomes an object. Weights are in `raw_data` or in fp32. */
const MOST_NUMBER_BYTES = 1 << 24;
/** As deep as the reader goes. */
const DEEPEST = 100;

export interface Census {
  messages: number;
  numberBytes: number;
}

const WHOLE = new Set([ScalarType.INT32, ScalarType.INT64, ScalarType.UINT64, ScalarType.UINT32]);

/** Why these bytes must not be read, or null if they may be. Throws on a damaged wire format. */
export function censusObstacle(schema: DescMessage, bytes: Uint8Array): string | null {
  const census: Census = { messages: 0, numberBytes: 0 };
  walk(schema, new BinaryReader(bytes), bytes.length, census, 0);
  if (census.messages > MOST_MESSAGES) return `it has more than ${MOST_MESSAGES} parts`;
  return census.numberBytes > MOST_NUMBER_BYTES ? 'its whole numbers are not kept as raw data' : null;
}

function walk(schema: DescMessage, reader: BinaryReader, end: number, census: Census, depth: number): void {
  if (depth > DEEPEST) return;
  while (reader.pos < end && census.messages <= MOST_MESSAGES) {
    const [number, wire] = reader.tag();
    const field = fieldsOf(schema).get(number);
    if (wire !== WireType.LengthDelimited || !field) {
      if (field?.isWhole === true) census.numberBytes++;
      reader.skip(wire, number);
      continue;
    }
    const length = reader.uint32();
    const stop = Math.min(reader.pos + length, end);
    if (field.message) {
      census.messages++;
      walk(field.message, reader, stop, census, depth + 1);
    } else if (field.isWhole) census.numberBytes += length;
    else if (field.isRepeated) census.messages++;
    reader.pos = stop;
  }
}

interface Field {
  readonly message: DescMessage | null;
  readonly isWhole: boolean;
  /** Texts or bytes, any number of them: each becomes an object. */
  readonly isRepeated: boolean;
}

/** Fields of each message by number; looked up for every tag, so kept. */
const FIELDS = new WeakMap<DescMessage, ReadonlyMap<number, Field>>();

function fieldsOf(schema: DescMessage): ReadonlyMap<number, Field> {
  const known = FIELDS.get(schema);
  if (known) return known;
  const fields = new Map<number, Field>();
  for (const field of schema.fields) {
    const scalar = field.scalar;
    fields.set(field.number, {
      message: field.message ?? null,
      isWhole: scalar !== undefined && WHOLE.has(scalar),
      isRepeated: (scalar === ScalarType.STRING || scalar === ScalarType.BYTES) && field.fieldKind === 'list',
    });
  }
  FIELDS.set(schema, fields);
  return fields;
}
