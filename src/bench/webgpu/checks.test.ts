import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { halfToNumber, numberToHalf } from '../../core/graph/tensor.ts';
import type { Result } from '../../core/result.ts';
import { fillPseudoRandom, fillWholeNumbers, SECOND_SEED, SEED } from '../pseudo-random.ts';
import { checkDot, checkFma, checkHalf, type ArithmeticParams } from './arithmetic.ts';
import { checkIntensity } from './intensity.ts';
import { checkMatmul } from './matmul.ts';
import { checkCount } from './overhead.ts';
import { checkRead, checkWritten } from './stream.ts';
import { checkWorkgroup } from './workgroup.ts';

type Words = Uint32Array<ArrayBuffer>;

/** Right results, made step by step as the shader would, and the check of the kernel. */
interface Case {
  readonly id: string;
  /** As 32-bit words, or 16-bit ones. */
  readonly results: Words | Uint16Array<ArrayBuffer>;
  readonly check: (results: Words | Uint16Array<ArrayBuffer>) => Result<null>;
}

const ARITHMETIC: ArithmeticParams = { chains: 3, lines: 4, workgroupSize: 64, lanes: 1100, loops: 5 };
const STEPS = ARITHMETIC.lines * ARITHMETIC.loops;

/** Every chain of every lane: `start`, then `step` as often as the shader does it. */
function chainsOf(
  components: number,
  start: (lane: number, chain: number, k: number) => number,
  step: (x: number) => number,
): number[] {
  const { lanes, chains } = ARITHMETIC;
  return Array.from({ length: lanes * chains * components }, (_, i) => {
    const chain = Math.floor(i / components) % chains;
    let x = start(Math.floor(i / components / chains), chain, i % components);
    for (let turn = 0; turn < STEPS; turn++) x = step(x);
    return x;
  });
}

const half = (x: number): number => halfToNumber(numberToHalf(x));
const signedByte = (x: number): number => ((x & 0xff) ^ 0x80) - 0x80;
const words = (array: Float32Array<ArrayBuffer> | Int32Array<ArrayBuffer>): Words =>
  new Uint32Array(array.buffer);
const floats = (array: ArrayLike<number>): Words => words(Float32Array.from(array));
const whole = (length: number, seed: number): Float32Array<ArrayBuffer> => {
  const elements = new Float32Array(length);
  fillWholeNumbers(elements, seed);
  return elements;
};

const WORKGROUP = { workgroupSize: 64, lanes: 192, lines: 7, loops: 50 };
const tileSums = Array.from({ length: 4 * WORKGROUP.lanes }, (_, i) => {
  const lane = (i >> 2) % WORKGROUP.workgroupSize;
  let sum = 0;
  for (let turn = 0; turn < WORKGROUP.loops; turn++) {
    const first = lane + turn * WORKGROUP.lines;
    for (let line = 0; line < WORKGROUP.lines; line++) sum += (first + line) % 256;
  }
  return sum;
});

const N = 64;
const product = Array.from({ length: N * N }, (_, i) => {
  const [row, column] = [Math.floor(i / N), i % N];
  let sum = 0;
  for (let k = 0; k < N; k++) sum += (((row * 7 + k * 3) % 11) - 5) * (((k * 5 + column * 2) % 13) - 6);
  return sum;
});

/** 5 passes of 128 lanes over 1024 words of 16 bytes, as stream_read goes over them. */
const READ = { arrayBytes: 2 ** 14, passes: 5, workgroupSize: 32, workgroups: 4 };
const contents = new Uint32Array(READ.arrayBytes / 4);
fillPseudoRandom(contents);
const laneSums = new Uint32Array(4 * 128);
for (let lane = 0; lane < 128; lane++)
  for (let pass = 0; pass < READ.passes; pass++)
    for (let i = lane; i < 1024; i += 128)
      for (let k = 0; k < 4; k++) {
        const word = (i + pass * READ.workgroupSize) & 1023;
        laneSums[4 * lane + k] = (laneSums[4 * lane + k] ?? 0) + (contents[4 * word + k] ?? 0);
      }

const LENGTH = 2 ** 18 + 64;
const [b, c] = [whole(LENGTH, SEED), whole(LENGTH, SECOND_SEED)];
const asFloats = (results: Case['results']): Float32Array => new Float32Array(results.buffer);
const asWords = (results: Case['results']): Words => new Uint32Array(results.buffer);

const CASES: readonly Case[] = [
  {
    id: 'webgpu.fma.f32',
    results: floats(
      chainsOf(
        4,
        (lane, j, k) => (lane % 1024) * 3 + j + k / 4,
        (x) => Math.fround(x + 1),
      ),
    ),
    check: (results) => checkFma(results.buffer, ARITHMETIC),
  },
  {
    id: 'webgpu.fma.f16',
    results: Uint16Array.from(
      chainsOf(
        4,
        (lane, j, k) => (lane + j + k) % 512,
        (x) => half(x + 1),
      ),
      numberToHalf,
    ),
    check: (results) => checkHalf(results.buffer, ARITHMETIC),
  },
  {
    id: 'webgpu.dot.i8',
    results: words(
      Int32Array.from(
        chainsOf(
          1,
          (lane, j) => lane + j,
          (x) => signedByte(x) + 1,
        ),
      ),
    ),
    check: (results) => checkDot(results.buffer, ARITHMETIC),
  },
  {
    id: 'webgpu.workgroup',
    results: Uint32Array.from(tileSums),
    check: (results) => checkWorkgroup(asWords(results), WORKGROUP),
  },
  {
    id: 'webgpu.matmul',
    results: floats(product),
    check: (results) => checkMatmul(asFloats(results), N),
  },
  {
    id: 'webgpu.read',
    results: laneSums,
    check: (results) => checkRead(asWords(results), contents, READ),
  },
  {
    id: 'webgpu.write',
    results: floats(Array.from({ length: LENGTH }, (_, i) => (i >> 2) + 3)),
    check: (results) => checkWritten('write', asFloats(results)),
  },
  { id: 'webgpu.copy', results: floats(b), check: (results) => checkWritten('copy', asFloats(results)) },
  {
    id: 'webgpu.triad',
    results: floats(b.map((x, i) => x + 3 * (c[i] ?? NaN))),
    check: (results) => checkWritten('triad', asFloats(results)),
  },
  {
    id: 'webgpu.intensity',
    results: floats(b.map((x) => x + 512)),
    check: (results) => checkIntensity(asFloats(results), 512),
  },
];

describe.each(CASES)('the check of $id', ({ id, results, check }) => {
  const wrongAt = (index: number): object => ({
    ok: false,
    error: {
      code: 'kernel-wrong',
      kernel: id,
      detail: expect.stringMatching(new RegExp(`^element ${index} is `)) as string,
    },
  });

  it('accepts what the shader’s steps give', () => {
    expect(check(results)).toEqual({ ok: true, value: null });
  });
  it('names the first element that is off by a bit, the last one included', () => {
    const last = results.length - 1;
    const at = fc.oneof(fc.constant(last), fc.constant(0), fc.integer({ min: 0, max: last }));
    const bit = fc.integer({ min: 0, max: 8 * results.BYTES_PER_ELEMENT - 1 });
    fc.assert(
      fc.property(at, bit, (index, position) => {
        const corrupted = results.slice();
        corrupted[index] = (corrupted[index] ?? 0) ^ (1 << position);
        corrupted[last] = index === last ? (corrupted[last] ?? 0) : 0;
        expect(check(corrupted)).toMatchObject(wrongAt(index));
      }),
      { numRuns: 25 },
    );
  });
  it('refuses memory that nothing was written to', () => {
    const zeros = results.slice().fill(0);
    expect(check(zeros)).toMatchObject({ ok: false, error: { code: 'kernel-wrong', kernel: id } });
  });
});

describe('the checks of arithmetic', () => {
  it.each([
    ['fma.f32', checkFma, 0],
    ['fma.f16', checkHalf, 1],
    ['dot.i8', checkDot, 2],
  ] as const)('%s: refuses one step too many or too few', (_, check, at) => {
    const buffer = CASES[at]?.results.buffer ?? new ArrayBuffer();
    for (const loops of [4, 6]) expect(check(buffer, { ...ARITHMETIC, loops }).ok).toBe(false);
  });
  it('hold at the limits that the kernels name', () => {
    // The largest start and these steps end just below 2^22: exact in f32 to a quarter.
    const loops = 2 ** 22 - 8 * 1024;
    const fma: ArithmeticParams = { chains: 8, lines: 1, workgroupSize: 1, lanes: 1024, loops };
    const exact = Float32Array.from({ length: 4 * 8 * 1024 }, (_, i) => i / 4 + loops);
    expect(checkFma(exact.buffer, fma).ok).toBe(true);
    // The largest start, 511, and 1024 steps: below 2048, where f16 counts by ones.
    for (let x = 0; x < 2048; x++) expect(half(x)).toBe(x);
  });
});

describe('the check of counted dispatches', () => {
  it.each([
    [5, 5, true],
    [4, 5, false],
    [6, 5, false],
    [0, 0, false],
  ])('%i counted of %i: %s', (counted, ran, expected) => {
    expect(checkCount('webgpu.dispatch', Uint32Array.of(counted, 0), ran).ok).toBe(expected);
  });
});
