/**
 * @file The precision of a whole program, by running it: fp16 is taken only where it is measured to be faster and computes nearly what
 * fp32 does. Kernels are chosen for each of the two before.
 */
import type { Precision } from '../../core/engine.ts';
import { detailOf } from '../../core/errors.ts';
import { randomTensor } from '../../core/random.ts';
import { differenceOf } from '../../core/reparam/equivalence.ts';
import { median } from '../../core/stats.ts';
import type { Program } from '../program.ts';
import type { GpuEngine } from './engine.ts';
import { GpuProgram, type LoadOptions } from './gpu-program.ts';
import { mapAt } from './layout.ts';

/** Most that outputs in fp16 may differ from those in fp32, as a share of the largest. */
const MOST_DIFFERENCE = 1e-2;
/** Times as fast that fp16 must be: less is noise, or not worth its rounding. */
const LEAST_GAIN = 1.1;
/** A frame of each in turns, so that a slow spell of the machine meets both; no more once the seconds are over. */
const TURNS = 9;
const LEAST_TURNS = 3;
const TURN_SECONDS = 1;
/** Random inputs that outputs are compared for: the rounding of one alone says little. */
const SEEDS = [11, 12, 13] as const;

/** What was found of a program in fp16, beside the same in fp32. */
export interface PrecisionTrial {
  /** Why it does not run at all; the rest says nothing then. */
  readonly refusal: string | null;
  /** `max|fp16 − fp32| / max|fp32|` of the outputs, the worst of a few random inputs. */
  readonly difference: number;
  /** Whether the largest output is the same one each time; of a program that ends in a map nobody asks. */
  readonly isSameTop: boolean;
  /** Of a frame, its input and output included: the median of a few. */
  readonly seconds: Readonly<Record<Precision, number>>;
  /** fp32's time over fp16's, the median of those of one turn. */
  readonly gain: number;
}

export interface Fastest {
  readonly program: GpuProgram;
  /** Null where the device has no fp16. */
  readonly trial: PrecisionTrial | null;
}

/** Which of the two a trial speaks for. */
export function precisionOf({ refusal, difference, isSameTop, gain }: PrecisionTrial): Precision {
  const isNear = refusal === null && difference <= MOST_DIFFERENCE && isSameTop;
  return isNear && gain >= LEAST_GAIN ? 'fp16' : 'fp32';
}

/**
 * The program in the precision that serves better on this device; where there is fp16 it takes twice as long to load, and twice the
 * memory meanwhile. Throws what the device refuses in fp32, or its loss.
 */
export async function loadFastest(
  engine: GpuEngine,
  program: Program,
  options: Partial<Omit<LoadOptions, 'precision'>> = {},
): Promise<Fastest> {
  const full = await GpuProgram.load(engine, program, { ...options, precision: 'fp32' });
  if (!engine.device.features.has('shader-f16')) return { program: full, trial: null };
  let half: GpuProgram | null = null;
  try {
    half = await GpuProgram.load(engine, program, { ...options, precision: 'fp16' });
    const trial = await tried(program, full, half);
    const [kept, other] = precisionOf(trial) === 'fp16' ? [half, full] : [full, half];
    other.dispose();
    return { program: kept, trial };
  } catch (thrown) {
    half?.dispose();
    if (engine.handle.loss()) {
      full.dispose();
      throw thrown;
    }
    const nothing = { difference: NaN, isSameTop: false, seconds: { fp32: NaN, fp16: NaN }, gain: NaN };
    return { program: full, trial: { refusal: detailOf(thrown), ...nothing } };
  }
}

async function tried(program: Program, full: GpuProgram, half: GpuProgram): Promise<PrecisionTrial> {
  const { channels, height, width } = mapAt(program.maps, program.input);
  const output = mapAt(program.maps, program.output);
  const inputs = SEEDS.map((seed) => randomTensor(channels * height * width, seed));
  let [difference, isSameTop] = [0, true];
  for (const input of inputs) {
    const [expected, found] = [await full.run(input), await half.run(input)];
    difference = Math.max(difference, differenceOf(expected, found).maxRelDifference);
    isSameTop &&= output.height * output.width > 1 || topOf(expected) === topOf(found);
  }
  const [input = new Float32Array()] = inputs;
  const times: { readonly fp32: number; readonly fp16: number }[] = [];
  const deadline = performance.now() + 1000 * TURN_SECONDS;
  while (times.length < TURNS && (times.length < LEAST_TURNS || performance.now() < deadline))
    times.push({ fp32: await frameSeconds(full, input), fp16: await frameSeconds(half, input) });
  const middle = (of: (turn: (typeof times)[number]) => number): number => median(times.map(of)) ?? NaN;
  const seconds = { fp32: middle(({ fp32 }) => fp32), fp16: middle(({ fp16 }) => fp16) };
  const gain = middle(({ fp32, fp16 }) => fp32 / fp16);
  return { refusal: null, difference, isSameTop, seconds, gain };
}

async function frameSeconds(program: GpuProgram, input: Float32Array): Promise<number> {
  const start = performance.now();
  await program.run(input);
  return (performance.now() - start) / 1000;
}

const topOf = (values: Float32Array): number => values.indexOf(Math.max(...values));
