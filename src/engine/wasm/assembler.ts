/**
 * @file Writes WebAssembly modules: functions over i32 and f32x4, one imported memory. An expression is the bytes that push its
 * value, a statement the bytes that leave the stack as it was; TypeScript loops unroll what is written in them. Source:
 * WebAssembly Core Specification 3.0, chapter 5 (binary format).
 */

export type Type = 'i32' | 'v128';

export interface Expr<T extends Type> {
  readonly type: T;
  readonly code: Code;
}
export type I32 = Expr<'i32'>;
export type V128 = Expr<'v128'>;
export type Statement = Code;

/** Bytes, nested as they were put together. */
export type Code = readonly (number | Code)[];

export interface Local<T extends Type> extends Expr<T> {
  readonly set: (value: Expr<T>) => Statement;
}

/** Where module and functions come from; without relaxed SIMD a multiply-add is two instructions. */
export interface Target {
  readonly relaxed: boolean;
  readonly shared: boolean;
}

const VALUE_TYPE: Readonly<Record<Type, number>> = { i32: 0x7f, v128: 0x7b };
/** The most pages that a memory can have. */
export const MAX_PAGES = 65_536;

const i32Expr = (...code: Code): I32 => ({ type: 'i32', code });
const v128Expr = (...code: Code): V128 => ({ type: 'v128', code });

function unsigned(value: number): readonly number[] {
  const bytes: number[] = [];
  do {
    const rest = value >>> 7;
    bytes.push((value & 0x7f) | (rest === 0 ? 0 : 0x80));
    value = rest;
  } while (value !== 0);
  return bytes;
}

function signed(value: number): readonly number[] {
  const bytes: number[] = [];
  for (;;) {
    const low = value & 0x7f;
    value >>= 7;
    const isLast = (value === 0 && (low & 0x40) === 0) || (value === -1 && (low & 0x40) !== 0);
    bytes.push(isLast ? low : low | 0x80);
    if (isLast) return bytes;
  }
}

const simd = (opcode: number): Code => [0xfd, ...unsigned(opcode)];
/** Alignment is a hint only; 0 promises nothing. */
const at = (offset: number): Code => [0, ...unsigned(offset)];

export const i32 = (value: number): I32 => i32Expr(0x41, ...signed(value));
const binary =
  (opcode: number) =>
  (a: I32, b: I32): I32 =>
    i32Expr(a.code, b.code, opcode);
export const add = binary(0x6a);
export const sub = binary(0x6b);
export const mul = binary(0x6c);
export const divide = binary(0x6e);
export const remainder = binary(0x70);
export const less = binary(0x48);
/** `a < b ? a : b` */
export const least = (a: I32, b: I32): I32 => i32Expr(a.code, b.code, less(a, b).code, 0x1b);
export const loadI32 = (address: I32, offset = 0): I32 => i32Expr(address.code, 0x28, at(offset));

export const load = (address: I32, offset = 0): V128 => v128Expr(address.code, simd(0x00), at(offset));
/** One f32 of memory in all four lanes. */
export const splat = (address: I32, offset = 0): V128 => v128Expr(address.code, simd(0x09), at(offset));
export const store = (address: I32, value: V128, offset = 0): Statement => [
  address.code,
  value.code,
  simd(0x0b),
  at(offset),
];
/** Stores one lane. */
export const storeLane = (address: I32, value: V128, lane: number, offset = 0): Statement => [
  address.code,
  value.code,
  simd(0x5a),
  at(offset),
  lane,
];
export const zero: V128 = v128Expr(simd(0x0c), new Array<number>(16).fill(0));
/** Copies bytes; the two may overlap. */
export const copy = (to: I32, from: I32, bytes: I32): Statement => [
  to.code,
  from.code,
  bytes.code,
  [0xfc, ...unsigned(0x0a), 0, 0],
];
/** The same f32 in all four lanes. */
export const constant = (value: number): V128 => {
  const bytes = [...new Uint8Array(Float32Array.of(value).buffer)];
  return v128Expr(simd(0x0c), bytes, bytes, bytes, bytes);
};
const vector =
  (opcode: number) =>
  (a: V128, b: V128): V128 =>
    v128Expr(a.code, b.code, simd(opcode));
export const plus = vector(0xe4);
export const minus = vector(0xe5);
export const times = vector(0xe6);
/** `b < a ? b : a`: one instruction on x86, and a NaN `a` stays one. */
export const pmin = vector(0xea);
/** `a < b ? b : a` */
export const pmax = vector(0xeb);

export const when = (condition: I32, ...body: readonly Statement[]): Statement => [
  condition.code,
  0x04,
  0x40,
  body,
  0x0b,
];

/** What a function body is written with. */
export class FunctionBuilder {
  readonly relaxed: boolean;
  private readonly params: number;
  private readonly locals: Type[] = [];

  constructor(params: number, { relaxed }: Target) {
    this.params = params;
    this.relaxed = relaxed;
  }

  param(index: number): I32 {
    return i32Expr(0x20, ...unsigned(index));
  }

  i32(): Local<'i32'> {
    return this.local('i32');
  }

  /** Several at once, by name. */
  i32s<Name extends string>(...names: readonly Name[]): Readonly<Record<Name, Local<'i32'>>> {
    return Object.fromEntries(names.map((each) => [each, this.i32()])) as Record<Name, Local<'i32'>>;
  }

  v128(): Local<'v128'> {
    return this.local('v128');
  }

  /** `a·b + c`, rounded once where relaxed SIMD is fast, twice elsewhere. */
  madd(a: V128, b: V128, c: V128): V128 {
    return this.relaxed ? v128Expr(a.code, b.code, c.code, simd(0x105)) : plus(times(a, b), c);
  }

  /** A local that holds a value from here on. */
  let<T extends Type>(body: Statement[], value: Expr<T>): Local<T> {
    const local = this.local(value.type);
    body.push(local.set(value));
    return local;
  }

  /** `for (i = from; i < to; i += step)` */
  loop(i: Local<'i32'>, from: I32, to: I32, step: I32, body: readonly Statement[]): Statement {
    const goesOn = less(i, to);
    return [i.set(from), when(goesOn, [0x03, 0x40, body, i.set(add(i, step)), goesOn.code, 0x0d, 0, 0x0b])];
  }

  /** The bytes of the function, its locals before its body. */
  finish(body: Statement): readonly number[] {
    const groups: [Type, number][] = [];
    for (const type of this.locals) {
      const last = groups.at(-1);
      if (last?.[0] === type) last[1] += 1;
      else groups.push([type, 1]);
    }
    const declared = groups.flatMap(([type, count]) => [...unsigned(count), VALUE_TYPE[type]]);
    return sized([...unsigned(groups.length), ...declared, ...flat(body), 0x0b]);
  }

  private local<T extends Type>(type: T): Local<T> {
    const index = unsigned(this.params + this.locals.push(type) - 1);
    return { type, code: [0x20, ...index], set: (value) => [value.code, 0x21, ...index] };
  }
}

function flat(code: Code): number[] {
  const bytes: number[] = [];
  const walk = (part: Code): void => {
    for (const item of part) {
      if (typeof item === 'number') bytes.push(item);
      else walk(item);
    }
  };
  walk(code);
  return bytes;
}

const sized = (bytes: readonly number[]): readonly number[] => [...unsigned(bytes.length), ...bytes];
const section = (id: number, items: readonly (readonly number[])[]): readonly number[] => [
  id,
  ...sized([...unsigned(items.length), ...items.flat()]),
];
const name = (text: string): readonly number[] => sized([...new TextEncoder().encode(text)]);

/** Functions of `params` i32 each, without a result; the memory is imported as `env.memory`. */
export interface FunctionSource {
  readonly name: string;
  readonly params: number;
  readonly body: (builder: FunctionBuilder) => Statement;
}

export function assemble(functions: readonly FunctionSource[], target: Target): Uint8Array<ArrayBuffer> {
  const types = functions.map(({ params }) => [
    0x60,
    ...unsigned(params),
    ...new Array<number>(params).fill(VALUE_TYPE.i32),
    0,
  ]);
  const limits = target.shared ? [3, 1, ...unsigned(MAX_PAGES)] : [0, 1];
  const bodies = functions.map(({ params, body }) => {
    const builder = new FunctionBuilder(params, target);
    return builder.finish(body(builder));
  });
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, types),
    ...section(2, [[...name('env'), ...name('memory'), 2, ...limits]]),
    ...section(
      3,
      functions.map((_, i) => unsigned(i)),
    ),
    ...section(
      7,
      functions.map((each, i) => [...name(each.name), 0, ...unsigned(i)]),
    ),
    ...section(10, bodies),
  ]);
}
