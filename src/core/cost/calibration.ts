/**
 * @file The calibrated cost model: what layers of the fixed networks in calibration-models.ts take on this device in this
 * engine, split into what their kernels do (METHOD §3, model 2). For each class of operators
 *
 *   t = Σ_f c_f · x_f,   c_f ≥ 0
 *
 * with the features x_f of features.ts and c_f the seconds for one of each. It holds the textbook form t0 + F/(μ·π) + B/β –
 * overhead, arithmetic and traffic that do not overlap – and the parts of a convolution that form leaves out. c is the
 * non-negative, robust fit of relative errors, so no prediction is negative and none falls when a layer grows.
 */
import type { Layer } from '../graph/layers.ts';
import type { Calibration, ClassCalibration, ProcessorId } from '../profile/profile.ts';
import type { Roofline } from '../roofline/roofline.ts';
import { rooflineSeconds, type CostTable, type LayerGroup } from './cost-table.ts';
import {
  coldnessOf,
  featuresOf,
  KERNEL_FEATURES,
  kernelClassOf,
  type Feature,
  type KernelClass,
} from './features.ts';
import { nonNegativeLeastSquares } from './non-negative.ts';

/** A layer and what it took. */
export interface Observation {
  readonly layer: Layer;
  /** Of the network that it is in. */
  readonly coldness: number;
  readonly seconds: number;
}

/** Fewer layers of a class than this tell too little. */
const FEWEST = 3;
/** Stated for a layer that is priced by the Roofline, a bound: whole models took three to seven times as long. */
export const UNCALIBRATED_ERROR = 4;

/** How many times as large as the largest layer that was seen counts as far beyond it. */
const FAR = 8;

type Coefficients = ClassCalibration['secondsPer'];

/** Fits every class of kernels that enough layers were seen of. */
export function fitCalibration(
  processor: ProcessorId,
  observations: readonly Observation[],
  facts: Pick<Calibration, 'paceSeconds' | 'runSeconds' | 'seconds'>,
): Calibration {
  const kernels = new Map<KernelClass, Observation[]>();
  for (const observation of observations) {
    const kernel = kernelClassOf(observation.layer);
    if (kernel !== null) kernels.set(kernel, [...(kernels.get(kernel) ?? []), observation]);
  }
  const classes = [...kernels].flatMap(([kernel, seen]) => fitClass(kernel, seen) ?? []);
  return { processor, ...facts, classes };
}

/** Layers that took no time were not run by themselves; a class of which most were not costs nothing. */
function fitClass(kernel: KernelClass, all: readonly Observation[]): ClassCalibration | null {
  const seen = all.filter(({ seconds }) => seconds > 0);
  if (all.length >= FEWEST && seen.length < all.length / 2)
    return { kernel, secondsPer: {}, relativeError: 0, largestFlop: largestFlopOf(all), n: all.length };
  if (seen.length < FEWEST) return null;
  const leftOut = seen.map((observation) => {
    const others = seen.filter((other) => other !== observation);
    const predicted = secondsOf(observation, coefficientsOf(kernel, others));
    return Math.abs(predicted / observation.seconds - 1);
  });
  const relativeError = leftOut.reduce((sum, error) => sum + error, 0) / seen.length;
  const facts = { relativeError, largestFlop: largestFlopOf(seen), n: seen.length };
  return { kernel, secondsPer: coefficientsOf(kernel, seen), ...facts };
}

const largestFlopOf = (seen: readonly Observation[]): number =>
  Math.max(...seen.map(({ layer }) => layer.flop));

/** Turns of the fit; it is where it goes to within a few. */
const TURNS = 12;
/** Errors below this, as logarithms, count by their square, larger ones by their size. */
const SMALL_ERROR = 0.1;
/** Keeps a prediction of next to nothing from deciding everything. */
const LARGEST_ERROR = 3;

/**
 * min Σ h(ln(predicted / seen)) over coefficients ≥ 0, h Huber's: too much and too little count alike, and a layer that something
 * else disturbed bends nothing. By reweighted least squares – `(p − s) / m` with m the logarithmic mean of p and s is ln(p/s).
 */
function coefficientsOf(kernel: KernelClass, seen: readonly Observation[]): Coefficients {
  const features = KERNEL_FEATURES[kernel];
  const counts = seen.map(({ layer, coldness }) => featuresOf(layer, coldness));
  let weights = seen.map(({ seconds }) => 1 / seconds);
  let fitted: Coefficients = {};
  for (let turn = 0; turn < TURNS; turn++) {
    const columns = features.map((feature) => counts.map((each, i) => each[feature] * (weights[i] ?? 0)));
    const found = nonNegativeLeastSquares(
      columns,
      seen.map(({ seconds }, i) => seconds * (weights[i] ?? 0)),
    );
    const entries = features.map((feature, i): [Feature, number] => [feature, found[i] ?? 0]);
    fitted = Object.fromEntries(entries.filter(([, seconds]) => seconds > 0));
    weights = seen.map((observation) => weightOf(observation, fitted));
  }
  return fitted;
}

/** What makes a squared difference the loss of its logarithm. */
function weightOf(observation: Observation, secondsPer: Coefficients): number {
  const { seconds } = observation;
  const predicted = Math.max(secondsOf(observation, secondsPer), seconds * Math.exp(-LARGEST_ERROR));
  const error = Math.log(predicted / seconds);
  const mean = Math.abs(error) < 1e-6 ? seconds : (predicted - seconds) / error;
  return 1 / (mean * Math.sqrt(Math.max(Math.abs(error), SMALL_ERROR)));
}

type Placed = Pick<Observation, 'layer' | 'coldness'>;

function secondsOf({ layer, coldness }: Placed, secondsPer: Coefficients): number {
  const counts = featuresOf(layer, coldness);
  return Object.entries(secondsPer).reduce(
    (sum, [feature, seconds]) => sum + seconds * counts[feature as Feature],
    0,
  );
}

/** Seconds of a layer and the typical error of that as a fraction. */
interface Price {
  readonly seconds: number;
  readonly relativeError: number;
}

/**
 * By its class, or by the Roofline where that was not calibrated. No kernel computes faster than the peak, so far beyond what was
 * seen that is the least it takes; there the error is stated as for the Roofline.
 */
function priceOf(placed: Placed, { classes }: Calibration, roof: Roofline): Price {
  const { layer } = placed;
  const kernel = kernelClassOf(layer);
  const found = classes.find((each) => each.kernel === kernel);
  if (!found) return { seconds: rooflineSeconds(layer, roof), relativeError: UNCALIBRATED_ERROR };
  const seconds = secondsOf(placed, found.secondsPer);
  return layer.flop > FAR * found.largestFlop
    ? {
        seconds: Math.max(seconds, layer.flop / roof.peakFlopPerSecond),
        relativeError: UNCALIBRATED_ERROR,
      }
    : { seconds, relativeError: found.relativeError };
}

/**
 * The calibrated table of a whole network, one column a roof in their order; null where one of the processors was not calibrated, for prices of two
 * kinds do not compare. What a run costs besides its layers is spread over them, as in `measuredTable`, so a column adds up to
 * the time of the whole. `relativeError`: layers of one class err alike, classes independently – `√Σ (share_c · error_c)²`.
 */
export function calibratedTable(
  groups: readonly LayerGroup[],
  roofs: readonly Roofline[],
  calibrations: readonly Calibration[],
): CostTable | null {
  const columns = roofs.flatMap((roof) => {
    const calibration = calibrations.find(({ processor }) => processor === roof.processor);
    return calibration ? [columnOf(groups, roof, calibration)] : [];
  });
  if (columns.length < roofs.length) return null;
  return {
    model: 'calibrated',
    processors: roofs.map(({ processor }) => processor),
    seconds: columns.map(({ seconds }) => seconds),
    relativeError: Math.max(0, ...columns.map(({ relativeError }) => relativeError)),
  };
}

function columnOf(
  groups: readonly LayerGroup[],
  roof: Roofline,
  calibration: Calibration,
): { readonly seconds: readonly number[]; readonly relativeError: number } {
  const coldness = coldnessOf(groups.flatMap(({ layers }) => layers));
  const prices = groups.map(({ layers }) =>
    layers.map((layer) => priceOf({ layer, coldness }, calibration, roof)),
  );
  const sums = prices.map((group) => group.reduce((sum, { seconds }) => sum + seconds, 0));
  const total = sums.reduce((sum, seconds) => sum + seconds, 0);
  const whole = total + calibration.runSeconds;
  const errors = new Map<KernelClass | null, number>();
  groups.forEach(({ layers }, g) =>
    layers.forEach((layer, i) => {
      const price = prices[g]?.[i];
      const key = kernelClassOf(layer);
      if (price) errors.set(key, (errors.get(key) ?? 0) + (price.seconds / whole) * price.relativeError);
    }),
  );
  return {
    seconds: sums.map((seconds) => (total > 0 ? (seconds * whole) / total : 0)),
    relativeError: Math.sqrt([...errors.values()].reduce((sum, error) => sum + error ** 2, 0)),
  };
}
