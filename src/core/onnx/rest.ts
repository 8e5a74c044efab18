/**
 * @file What the IR has no place for – documentation strings, denotations, annotations, fields newer than this reader – is kept
 * beside what it has one for, and written back as it was. Nothing but this folder looks inside.
 */
import {
  create,
  isFieldSet,
  type DescMessage,
  type MessageInitShape,
  type MessageShape,
} from '@bufbuild/protobuf';

/** Fields of one message by their name, and its unknown ones. */
export type Rest = Readonly<Record<string, unknown>>;

/** The fields of `message` that are set and not `known`; undefined where there are none. */
export function restOf<Desc extends DescMessage>(
  schema: Desc,
  message: MessageShape<Desc>,
  known: readonly (keyof MessageShape<Desc> & string)[],
): Rest | undefined {
  const rest: Record<string, unknown> = {};
  const fields: Readonly<Record<string, unknown>> = message;
  for (const field of schema.fields) {
    const name = field.oneof?.localName ?? field.localName;
    if (!(known as readonly string[]).includes(name) && isFieldSet(message, field)) rest[name] = fields[name];
  }
  if (message.$unknown && message.$unknown.length > 0) rest['$unknown'] = message.$unknown;
  return Object.keys(rest).length > 0 ? rest : undefined;
}

/** A message of these fields, with the rest of the one it was read from. */
export function withRest<Desc extends DescMessage>(
  schema: Desc,
  fields: MessageInitShape<Desc>,
  rest: unknown,
): MessageShape<Desc> {
  return Object.assign(create(schema, fields), rest);
}

/** `{ unread }` of the rests that there are, or nothing. */
export function unreadOf(rests: Readonly<Record<string, Rest | undefined>>): { readonly unread?: Rest } {
  const found = Object.entries(rests).filter(([, rest]) => rest !== undefined);
  return found.length > 0 ? { unread: Object.fromEntries(found) } : {};
}

/** Rests of a list of messages, each under its own name. */
export function named<T>(
  prefix: string,
  list: readonly T[],
  of: (entry: T) => readonly [string, Rest | undefined],
): Readonly<Record<string, Rest | undefined>> {
  return Object.fromEntries(
    list.map(of).map(([name, rest]): [string, Rest | undefined] => [`${prefix} ${name}`, rest]),
  );
}
