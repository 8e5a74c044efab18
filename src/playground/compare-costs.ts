/**
 * @file Use case: hold the cost models against what one processor measures of a model, as a whole and layer by layer. What it
 * finds is the table of `npm run bench:cost`.
 */
import { calibratedTable } from '../core/cost/calibration.ts';
import { measuredTable, rooflineTable, type CostTable } from '../core/cost/cost-table.ts';
import { layerSeconds } from '../core/cost/layer-times.ts';
import { meanAbsolutePercentageError, spearman, spearmanOfKinds } from '../core/cost/prediction-error.ts';
import type { Layer } from '../core/graph/layers.ts';
import { byteCount, elementCount } from '../core/graph/model.ts';
import { residencySeconds, transfersOf } from '../core/planning/transfer.ts';
import type { FormDescription } from '../core/prepare-model.ts';
import type { Calibration, DeviceProfile, ProcessorId } from '../core/profile/profile.ts';
import { randomTensor } from '../core/random.ts';
import { err, ok, type Result } from '../core/result.ts';
import { rooflineOf } from '../core/roofline/roofline.ts';
import { lowerQuartile } from '../core/stats.ts';
import type { StageClient } from '../workers/stage.client.ts';
import { calibrate } from './calibrate.ts';
import type { LiveController } from './live-controller.ts';
import { Pace } from './pace.ts';
import type { Segments } from './plan-request.ts';
import type { ProcessorPool } from './processors.ts';
import type { Store } from './state.ts';

export interface PredictedCosts {
  /** Of the whole model. */
  readonly seconds: number;
  /** (predicted − measured) / measured, of the whole model. */
  readonly error: number;
  /** What the table says of its own typical error; null where it does not. */
  readonly statedError: number | null;
  /** Over layers that measured as more than nothing. */
  readonly layerMape: number | null;
  readonly layerSpearman: number | null;
  /** Of a prediction that knows each kind of layer: those that do the same have one price, whatever order they were measured in. */
  readonly spearmanOfKinds: number | null;
}

export interface CostComparison {
  readonly processor: ProcessorId;
  /** Seconds of the whole model, and how many runs they are the lower quartile of. */
  readonly measuredSeconds: number;
  readonly n: number;
  /** What the network that tells the pace takes now, over what it took when the processor was calibrated; 1 without a calibration. */
  readonly pace: number;
  /** Layers that measured as more than nothing. */
  readonly layers: number;
  /** Null where the profile holds no calibration of this processor. */
  readonly calibrated: PredictedCosts | null;
  readonly roofline: PredictedCosts;
  /** What each layer took and was predicted to take, seconds. */
  readonly layerTimes: readonly LayerComparison[];
}

export interface LayerComparison {
  readonly name: string;
  readonly operatorClass: string;
  readonly measured: number;
  readonly calibrated: number | null;
  readonly roofline: number;
}

/** At least this long, so that a slow spell of the machine does not decide; models take turns with the pace. */
const SECONDS = 3;
const TURN_SECONDS = 0.1;

interface Measured {
  /** Seconds of the whole and of each layer. */
  readonly totalSeconds: number;
  readonly layers: readonly number[];
  readonly paceSeconds: number;
  readonly n: number;
}

async function measure(
  { worker }: StageClient,
  pace: Pace,
  form: FormDescription,
  bytes: Uint8Array,
): Promise<Result<Measured>> {
  const input = randomTensor(elementCount(form.input.shape), 1);
  const loaded = await worker.call((remote) => remote.load('whole', bytes, 'ort'));
  if (!loaded.ok) return loaded;
  const watched = await worker.call((remote) => remote.loadProfiled('watched', bytes, 'ort'));
  if (!watched.ok) return watched;
  const looks: number[] = [];
  const wholes: number[] = [];
  const end = performance.now() + 1000 * SECONDS;
  do {
    const look = await pace.look();
    if (!look.ok) return look;
    const timed = await worker.call((remote) => remote.time('whole', input, 2, TURN_SECONDS));
    if (!timed.ok) return timed;
    const profiled = await worker.call((remote) => remote.time('watched', input, 2, TURN_SECONDS));
    if (!profiled.ok) return profiled;
    looks.push(look.value);
    wholes.push(...timed.value);
  } while (performance.now() < end);
  await worker.call((remote) => remote.unload('whole'));
  const times = await worker.call((remote) => remote.endProfile('watched'));
  if (!times.ok) return times;
  return ok({
    totalSeconds: lowerQuartile(wholes) ?? 0,
    layers: layerSeconds(form.layers, times.value) ?? form.layers.map(() => 0),
    paceSeconds: lowerQuartile(looks) ?? 0,
    n: wholes.length,
  });
}

export async function compareCosts(
  client: StageClient,
  form: FormDescription,
  bytes: Uint8Array,
  profile: DeviceProfile,
): Promise<Result<CostComparison>> {
  const { processor } = client;
  const roof = rooflineOf(profile, processor);
  if (!roof) return err({ code: 'profile-missing' });
  const pace = await Pace.open(client);
  if (!pace.ok) return pace;
  const found = await measure(client, pace.value, form, bytes);
  await pace.value.close();
  if (!found.ok) return found;
  const { paceSeconds, layers: seconds, n } = found.value;
  const moved = residencySeconds(
    processor,
    byteCount(form.input),
    byteCount(form.output),
    transfersOf(profile),
  );
  const totalSeconds = found.value.totalSeconds - moved;
  const alone = form.layers.map((layer) => ({ layers: [layer] }));
  const measured = measuredTable(alone, [{ processor, seconds, totalSeconds }]);
  const calibrations = profile.calibration ?? [];
  const calibrated = calibratedTable(alone, [roof], calibrations);
  const roofline = rooflineTable(alone, [roof]);
  const [columns] = measured.seconds;
  const then = calibrations.find((each) => each.processor === processor)?.paceSeconds ?? paceSeconds;
  return ok({
    processor,
    measuredSeconds: totalSeconds,
    n,
    pace: paceSeconds / then,
    layers: seconds.filter((each) => each > 0).length,
    calibrated: calibrated && against(calibrated, columns ?? [], form.layers),
    roofline: against(roofline, columns ?? [], form.layers),
    layerTimes: form.layers.map(({ name, operatorClass }, i) => ({
      name,
      operatorClass,
      measured: columns?.[i] ?? 0,
      calibrated: calibrated?.seconds[0]?.[i] ?? null,
      roofline: roofline.seconds[0]?.[i] ?? 0,
    })),
  });
}

/** One column of a table against the measured one. Layers that the engine did not run have no rank. */
function against(table: CostTable, measured: readonly number[], layers: readonly Layer[]): PredictedCosts {
  const predicted = table.seconds[0] ?? [];
  const sum = (list: readonly number[]): number => list.reduce((total, value) => total + value, 0);
  const ran = measured.map((seconds) => seconds > 0);
  const seen = (list: readonly number[]): readonly number[] => list.filter((_, i) => ran[i] === true);
  return {
    seconds: sum(predicted),
    error: sum(predicted) / sum(measured) - 1,
    statedError: table.relativeError ?? null,
    layerMape: meanAbsolutePercentageError(predicted, measured),
    layerSpearman: spearman(seen(predicted), seen(measured)),
    spearmanOfKinds: spearmanOfKinds(
      layers.map(kindOf).filter((_, i) => ran[i] === true),
      seen(measured),
    ),
  };
}

const kindOf = ({ opType, flop, bytes, product }: Layer): string =>
  JSON.stringify([opType, flop, bytes, product]);

/** The playground's part in it, so that a test can play it. */
interface CostsHost {
  readonly store: Store;
  readonly pool: Pick<ProcessorPool, 'acquire'>;
  readonly live: Pick<LiveController, 'stop'>;
  readonly segments: Segments;
}

/** Paces further apart than this belong to a quiet moment of the machine and a disturbed one. */
const APART = 1.1;
const ATTEMPTS = 4;

/**
 * Compares them for the loaded model, with the calibration of the profile in force, or with a new one, which is put there, if
 * that holds none or `recalibrate` asks for it. Again, some times, while the pace is another than when it was calibrated: what was
 * measured slower than that is measured anew, and a calibration that was slower is taken anew.
 */
export async function compareCostsOn(
  { store, pool, live, segments }: CostsHost,
  processor: ProcessorId,
  recalibrate: boolean,
): Promise<Result<CostComparison & { readonly calibrationSeconds: number | null }>> {
  const { model, profile } = store.getState();
  if (!model) return err({ code: 'model-missing' });
  if (!profile) return err({ code: 'profile-missing' });
  await live.stop();
  const clients = await pool.acquire([processor]);
  if (!clients.ok) return clients;
  const [client] = clients.value;
  if (!client) return err({ code: 'processor-invalid', id: processor });
  const form = model.description.forms.deploy;
  const bytes = await segments(0, form.units.length - 1);
  if (!bytes.ok) return bytes;
  const isMine = (each: Calibration): boolean => each.processor === processor;
  let calibration = recalibrate ? undefined : profile.calibration?.find(isMine);
  let best: CostComparison | null = null;
  const distance = ({ pace }: CostComparison): number => Math.abs(Math.log(pace));
  for (let attempt = 0; attempt < ATTEMPTS && (!best || distance(best) > Math.log(APART)); attempt++) {
    if (!calibration || (best && best.pace < 1)) {
      const calibrated = await calibrate({
        clients: clients.value,
        transfers: transfersOf(profile),
        signal: new AbortController().signal,
        onProgress: () => undefined,
      });
      if (!calibrated.ok) return calibrated;
      [calibration] = calibrated.value;
      // Another calibration makes another comparison.
      best = null;
    }
    const mine = calibration ? [calibration] : [];
    const compared = await compareCosts(client, form, bytes.value, { ...profile, calibration: mine });
    if (!compared.ok) return compared;
    if (!best || distance(compared.value) < distance(best)) best = compared.value;
  }
  if (!best || !calibration) return err({ code: 'profile-missing' });
  const others = (profile.calibration ?? []).filter((each) => !isMine(each));
  store.setState({ profile: { ...profile, calibration: [...others, calibration] } });
  return ok({ ...best, calibrationSeconds: calibration.seconds });
}
