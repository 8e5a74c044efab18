import { describe, expect, it } from 'vitest';
import {
  add,
  assemble,
  constant,
  divide,
  i32,
  least,
  less,
  load,
  loadI32,
  mul,
  plus,
  remainder,
  store,
  when,
  type FunctionBuilder,
  type Statement,
} from './assembler.ts';

const target = { relaxed: false, shared: false };

/** Runs one function of two parameters over a page of memory. */
function run(
  body: (builder: FunctionBuilder) => Statement,
  [a, b]: readonly [number, number],
): WebAssembly.Memory {
  const bytes = assemble([{ name: 'run', params: 2, body }], target);
  const memory = new WebAssembly.Memory({ initial: 1 });
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } });
  (exports['run'] as (a: number, b: number) => void)(a, b);
  return memory;
}

const word = (memory: WebAssembly.Memory, at: number): number => new Int32Array(memory.buffer)[at / 4] ?? NaN;

/** Stores an i32 where only vectors can be stored, as the address of what is loaded. */
const number = (
  value: (builder: FunctionBuilder) => ReturnType<typeof i32>,
  given: readonly [number, number],
): number => {
  const memory = run((builder) => {
    const [i, sum] = [builder.i32(), builder.v128()];
    return [
      sum.set(constant(0)),
      builder.loop(i, i32(0), value(builder), i32(1), [sum.set(plus(sum, constant(1)))]),
      store(i32(0), sum),
    ];
  }, given);
  return new Float32Array(memory.buffer)[0] ?? NaN;
};

describe('assemble', () => {
  it.each([0, 1, 63, 64, 127, 128, 8191, 8192, 100_000])('encodes the constant %i', (value) => {
    expect(number(() => i32(value), [0, 0])).toBe(value);
  });
  it('computes with parameters', () => {
    expect(number((b) => add(mul(b.param(0), i32(10)), b.param(1)), [7, 3])).toBe(73);
    expect(number((b) => divide(b.param(0), b.param(1)), [17, 5])).toBe(3);
    expect(number((b) => remainder(b.param(0), b.param(1)), [17, 5])).toBe(2);
    expect(number((b) => least(b.param(0), b.param(1)), [17, 5])).toBe(5);
    expect(number((b) => least(b.param(0), b.param(1)), [4, 5])).toBe(4);
  });
  it('loops from, to and by what it is told, and not at all where there is nothing', () => {
    const counted = (from: number, to: number, step: number): number => {
      const memory = run(
        (builder) => {
          const [i, at] = [builder.i32(), builder.i32()];
          return [
            at.set(i32(16)),
            builder.loop(i, i32(from), i32(to), i32(step), [
              store(at, constant(1)),
              at.set(add(at, i32(16))),
            ]),
          ];
        },
        [0, 0],
      );
      return new Float32Array(memory.buffer).filter((value) => value === 1).length / 4;
    };
    expect(counted(0, 5, 1)).toBe(5);
    expect(counted(2, 9, 3)).toBe(3);
    expect(counted(3, 3, 1)).toBe(0);
    expect(counted(4, 3, 1)).toBe(0);
  });
  it('branches', () => {
    const taken = (a: number, b: number): number => {
      const memory = run(
        (builder) => when(less(builder.param(0), builder.param(1)), store(i32(0), constant(1))),
        [a, b],
      );
      return new Float32Array(memory.buffer)[0] ?? NaN;
    };
    expect([taken(1, 2), taken(2, 1), taken(-1, 0), taken(1, 1)]).toEqual([1, 0, 1, 0]);
  });
  it('loads and stores at offsets', () => {
    const memory = run(
      (builder) => [
        store(i32(32), constant(2.5), 16),
        store(i32(0), load(add(builder.param(0), i32(4)), 28)),
      ],
      [16, 0],
    );
    expect(new Float32Array(memory.buffer)[12]).toBe(2.5);
    expect(word(memory, 0)).toBe(word(memory, 48));
  });
  it('reads words of memory', () => {
    expect(number(() => loadI32(i32(64)), [0, 0])).toBe(0);
  });
});
