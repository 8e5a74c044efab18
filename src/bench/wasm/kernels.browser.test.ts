import { afterEach, describe, expect, it, vi } from 'vitest';
import { prepared, ranAndVerified, REFUSED, RIGHT, WRONG } from '../../fixtures/bench.ts';
import { must } from '../../fixtures/workers.ts';
import { fillWholeNumbers, SECOND_SEED, SEED } from '../pseudo-random.ts';
import { verifyWasmFma, wasmFmaRelaxed, wasmFmaScalar, wasmFmaSimd } from './fma.ts';
import { functionOf, growTo, instantiate, PAGE_BYTES } from './instance.ts';
import { checkIntensity, wasmIntensityRelaxed, wasmIntensitySimd } from './intensity.ts';
import { checkRead, checkWritten, wasmStream } from './stream.ts';

/** Runs the exported function with other arguments, or does something to memory before or after it. */
type Sabotage = (run: (...args: number[]) => void, memory: WebAssembly.Memory, args: number[]) => void;

/** Every module instantiated from now on is sabotaged; `afterEach` ends that. */
function sabotage(how: Sabotage): void {
  const real = WebAssembly.instantiate.bind(WebAssembly);
  vi.spyOn(WebAssembly, 'instantiate').mockImplementation((async (
    module: WebAssembly.Module,
    imports: { env: { memory: WebAssembly.Memory } },
  ) => {
    const instance = await real(module, imports);
    const functions = Object.entries(instance.exports as Record<string, (...args: number[]) => void>);
    const broken = functions.map(([name, run]) => [
      name,
      (...args: number[]) => how(run, imports.env.memory, args),
    ]);
    return { exports: Object.fromEntries(broken) as object };
  }) as unknown as typeof WebAssembly.instantiate);
}
afterEach(() => {
  vi.restoreAllMocks();
});

/** Where the sources say that the argument is. */
const [OPERANDS, TARGET, BLOCKS, STEPS] = [0, 2, 3, 4];
const withArgument =
  (at: number, change: (value: number) => number): Sabotage =>
  (run, _memory, args) =>
    run(...args.with(at, change(args[at] ?? NaN)));
const FMA_FAULTS: readonly (readonly [string, Sabotage])[] = [
  ['one step is left out', withArgument(STEPS, (steps) => steps - 1)],
  ['one step is done too often', withArgument(STEPS, (steps) => steps + 1)],
  ['the last block is left out', withArgument(BLOCKS, (blocks) => blocks - 1)],
  [
    'm is not one',
    (run, memory, args) => {
      new Float32Array(memory.buffer, args[OPERANDS], 4).fill(1.5);
      run(...args);
    },
  ],
  ['results are stored elsewhere', withArgument(TARGET, (target) => target + 16)],
];

describe.each([
  [wasmFmaScalar, 1],
  [wasmFmaSimd, 4],
  [wasmFmaRelaxed, 4],
] as const)('$id', (kernel, lanes) => {
  it.each([1, 64, 65_536])('ends every element at its closed form after %i steps', async (steps) => {
    expect(await ranAndVerified(kernel, { steps }, null, 1)).toEqual(RIGHT);
    expect(await ranAndVerified(kernel, { steps }, null, 7)).toEqual(RIGHT);
  });
  it('has no result before it ran', async () => {
    expect(await ranAndVerified(kernel, { steps: 64 }, null)).toMatchObject(WRONG);
  });
  it(`counts 12 chains of ${lanes}`, () => {
    expect(kernel.flop({ steps: 10 })).toBe(10 * 12 * lanes * 2);
    expect(kernel.bytes({ steps: 10 })).toBe(2 * 12 * lanes * 4);
    expect(kernel.workingSet({ steps: 10 })).toBe(2 * 12 * lanes * 4);
  });
  it.each(FMA_FAULTS)('is found wrong where %s', async (_, fault) => {
    sabotage(fault);
    expect(await ranAndVerified(kernel, { steps: 64 }, null, 1)).toMatchObject(WRONG);
  });
  it('is found wrong where its last element is off by one', async () => {
    const last = 12 * lanes - 1;
    sabotage((run, memory, args) => {
      run(...args);
      const results = new Float32Array(memory.buffer, args[TARGET], 12 * lanes);
      results[last] = (results[last] ?? NaN) + 1;
    });
    expect(await ranAndVerified(kernel, { steps: 64 }, null, 2)).toMatchObject({
      error: { code: 'kernel-wrong', detail: `element ${last} is ${last + 65}, expected ${last + 64}` },
    });
  });
  it('says in its source what it does', () => {
    expect(kernel.source({ steps: 1 })).toContain('export function fma');
  });
});

const OPERATIONS = [
  { operation: 'read', arrays: 1, bytesAt: 2 },
  { operation: 'write', arrays: 1, bytesAt: 2 },
  { operation: 'copy', arrays: 2, bytesAt: 2 },
  { operation: 'triad', arrays: 3, bytesAt: 3 },
] as const;

describe.each(OPERATIONS)('wasm.$operation', ({ operation, arrays, bytesAt }) => {
  const kernel = wasmStream[operation];
  const params = { arrayBytes: 2 ** 20 };
  it('counts every array once', () => {
    expect(kernel.flop(params)).toBe(0);
    expect([kernel.bytes(params), kernel.workingSet(params)]).toEqual([arrays * 2 ** 20, arrays * 2 ** 20]);
    expect(kernel.shape(params)).toBe(`${arrays} MiB of memory`);
  });
  it.each([64, 64 * 85, 2 ** 20, 3 * 2 ** 20 + 64])('touches every word of %i bytes', async (arrayBytes) => {
    expect(await ranAndVerified(kernel, { arrayBytes }, null, 1)).toEqual(RIGHT);
    expect(await ranAndVerified(kernel, { arrayBytes }, null, 7)).toEqual(RIGHT);
  });
  it('has no result before it ran, not even that of the run before', async () => {
    expect(await ranAndVerified(kernel, params, null, 1)).toEqual(RIGHT);
    expect(await ranAndVerified(kernel, params, null)).toMatchObject(WRONG);
  });
  it('is found wrong where the last 64 bytes are left out', async () => {
    sabotage(withArgument(bytesAt, (bytes) => bytes - 64));
    expect(await ranAndVerified(kernel, params, null, 2)).toMatchObject(WRONG);
  });
  it('is found wrong where it starts a word too far', async () => {
    sabotage(withArgument(0, (at) => at + 4));
    expect(await ranAndVerified(kernel, params, null, 1)).toMatchObject(WRONG);
  });
  it('is found wrong where the last word is off by one', async () => {
    sabotage((run, memory, args) => {
      run(...args);
      // The sum of a read; the end of what is written.
      const at =
        operation === 'read'
          ? (args[1] ?? NaN) + 12
          : (args[operation === 'copy' ? 1 : 0] ?? NaN) + 2 ** 20 - 4;
      const word = new Uint32Array(memory.buffer, at, 1);
      word[0] = (word[0] ?? 0) + 1;
    });
    expect(await ranAndVerified(kernel, params, null, 1)).toMatchObject(WRONG);
  });
});

describe.each([wasmIntensitySimd, wasmIntensityRelaxed])('$id', (kernel) => {
  const params = { arrayBytes: 192 * 1000, steps: 8 };
  it('counts 2 FLOP a step and element, which arrives and leaves', () => {
    expect(kernel.flop(params)).toBe(48_000 * 8 * 2);
    expect([kernel.bytes(params), kernel.workingSet(params)]).toEqual([384_000, 384_000]);
    expect(kernel.flop(params) / kernel.bytes(params)).toBe(8 / 4);
  });
  it.each([1, 8, 512])('raises every element by %i', async (steps) => {
    expect(await ranAndVerified(kernel, { ...params, steps }, null, 1)).toEqual(RIGHT);
    expect(await ranAndVerified(kernel, { ...params, steps }, null, 7)).toEqual(RIGHT);
    expect(await ranAndVerified(kernel, { ...params, steps }, null)).toMatchObject(WRONG);
  });
  it('leaves out what is no whole block, and says so', async () => {
    const run = await prepared(kernel, { arrayBytes: 2 ** 16, steps: 1 }, null);
    expect(run.params).toEqual({ arrayBytes: Math.floor(2 ** 16 / 192) * 192, steps: 1 });
    must(await run.runBatch(1));
    expect(await run.verify()).toEqual(RIGHT);
  });
  it.each(FMA_FAULTS)('is found wrong where %s', async (_, fault) => {
    sabotage(fault);
    expect(await ranAndVerified(kernel, params, null, 1)).toMatchObject(WRONG);
  });
});

describe('the checks catch a corrupted last element', () => {
  const LENGTH = 2 ** 18 + 64;
  const whole = (seed: number): Float32Array<ArrayBuffer> => {
    const elements = new Float32Array(LENGTH);
    fillWholeNumbers(elements, seed);
    return elements;
  };
  const [b, c] = [whole(SEED), whole(SECOND_SEED)];
  const corrupted = (right: Float32Array): Float32Array => right.with(-1, 0.5);
  it.each([
    [
      'fma',
      Float32Array.from({ length: 48 }, (_, i) => i + 64),
      (a: Float32Array) => verifyWasmFma('k', a, { steps: 64 }),
    ],
    ['write', new Float32Array(LENGTH).fill(1234.5), (a: Float32Array) => checkWritten('write', a)],
    ['copy', b, (a: Float32Array) => checkWritten('copy', a)],
    ['triad', b.map((x, i) => x + 3 * (c[i] ?? NaN)), (a: Float32Array) => checkWritten('triad', a)],
    ['intensity', b.map((x) => x + 512), (a: Float32Array) => checkIntensity('k', a, 512)],
  ])('%s', (_, right, check) => {
    expect(check(right)).toEqual(RIGHT);
    const detail = expect.stringMatching(new RegExp(`^element ${right.length - 1} is`)) as string;
    expect(check(corrupted(right))).toMatchObject({ error: { code: 'kernel-wrong', detail } });
  });
  it('read: of the contents, and of the sums', () => {
    const contents = new Int32Array(b.buffer);
    const sums = new Int32Array(4);
    contents.forEach((word, i) => (sums[i % 4] = (sums[i % 4] ?? 0) + word));
    expect(checkRead(sums, contents)).toEqual(RIGHT);
    expect(checkRead(sums, contents.with(-1, 0))).toMatchObject(WRONG);
    for (let i = 0; i < 4; i++)
      expect(checkRead(sums.with(i, (sums[i] ?? 0) ^ 1), contents)).toMatchObject(WRONG);
  });
});

describe('a module', () => {
  it('that does not validate is an error', async () => {
    const memory = new WebAssembly.Memory({ initial: 1 });
    expect(await instantiate(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0, 255), memory)).toMatchObject(REFUSED);
  });
  it('without the function is a bug', () => {
    expect(() => functionOf({}, 'fma')).toThrow('fma');
  });
});

describe('growTo', () => {
  it('grows as far as the engine grants, and says when it does not', () => {
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 2 });
    expect(growTo(memory, 2 * PAGE_BYTES)).toBe(true);
    expect(memory.buffer.byteLength).toBe(2 * PAGE_BYTES);
    expect(growTo(memory, 2 * PAGE_BYTES + 1)).toBe(false);
    expect(growTo(memory, 1)).toBe(true);
    expect(memory.buffer.byteLength).toBe(2 * PAGE_BYTES);
  });
});
