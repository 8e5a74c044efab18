/**
 * @file Use case: hold the cost models against what one processor measures of a model, as a whole and layer by layer. What it
 * finds is the table of `npm run bench:cost`.
 */
import { calibratedTable } from '../core/cost/calibration.ts';
import { measuredTable, rooflineTable, type CostTable } from '../core/cost/cost-table.ts';
import { layerSeconds } from '../core/cost/layer-times.ts';
import { meanAbsolutePercentageError, spearman } from '../core/cost/prediction-error.ts';
import { byteCount, elementCount } from '../core/graph/model.ts';
import { residencySeconds, transfersOf } from '../core/planning/transfer.ts';
import type { FormDescription } from '../core/prepare-model.ts';
import type { DeviceProfile, ProcessorId } from '../core/profile/profile.ts';
import { randomTensor } from '../core/random.ts';
import { err, ok, type Result } from '../core/result.ts';
import { rooflineOf } from '../core/roofline/roofline.ts';
import { median } from '../core/stats.ts';
import type { StageClient } from '../workers/stage.client.ts';
import { calibrate } from './calibrate.ts';
import type { LiveController } from './live-controller.ts';
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
}

export interface CostComparison {
  readonly processor: ProcessorId;
  /** Seconds of the whole model, and how many runs they are the median of. */
  readonly measuredSeconds: number;
  readonly n: number;
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

/** Runs of the whole model and under the profiler, a turn; turns alternate, so that both see the same drift. */
const RUNS = 5;
const TURNS = 4;

export async function compareCosts(
  { worker, processor }: StageClient,
  form: FormDescription,
  bytes: Uint8Array,
  profile: DeviceProfile,
): Promise<Result<CostComparison>> {
  const roof = rooflineOf(profile, processor);
  if (!roof) return err({ code: 'profile-missing' });
  const input = randomTensor(elementCount(form.input.shape), 1);
  const loaded = await worker.call((remote) => remote.load('whole', bytes));
  if (!loaded.ok) return loaded;
  const runs: number[] = [];
  const profiles: (readonly number[])[] = [];
  for (let turn = 0; turn < TURNS; turn++) {
    const timed = await worker.call((remote) => remote.time('whole', input, RUNS, 0.2));
    if (!timed.ok) return timed;
    runs.push(...timed.value);
    const profiled = await worker.call((remote) => remote.profile(bytes, input, RUNS));
    if (!profiled.ok) return profiled;
    const seconds = layerSeconds(form.layers, profiled.value);
    if (seconds) profiles.push(seconds);
  }
  await worker.call((remote) => remote.unload('whole'));
  const moved = residencySeconds(
    processor,
    byteCount(form.input),
    byteCount(form.output),
    transfersOf(profile),
  );
  const totalSeconds = (median(runs) ?? 0) - moved;
  const seconds = form.layers.map((_, i) => median(profiles.map((each) => each[i] ?? 0)) ?? 0);
  const alone = form.layers.map((layer) => ({ layers: [layer] }));
  const measured = measuredTable(alone, [{ processor, seconds, totalSeconds }]);
  const calibrated = calibratedTable(alone, [roof], profile.calibration ?? []);
  const roofline = rooflineTable(alone, [roof]);
  const [columns] = measured.seconds;
  return ok({
    processor,
    measuredSeconds: totalSeconds,
    n: runs.length,
    layers: seconds.filter((each) => each > 0).length,
    calibrated: calibrated && against(calibrated, columns ?? []),
    roofline: against(roofline, columns ?? []),
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
function against(table: CostTable, measured: readonly number[]): PredictedCosts {
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
  };
}

/** The playground's part in it, so that a test can play it. */
interface CostsHost {
  readonly store: Store;
  readonly pool: Pick<ProcessorPool, 'acquire'>;
  readonly live: Pick<LiveController, 'stop'>;
  readonly segments: Segments;
}

/**
 * Compares them for the loaded model, with the calibration of the profile in force, or with a new one, which is put there, if
 * that holds none or `recalibrate` asks for it.
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
  const known = profile.calibration ?? [];
  const calibrated =
    !recalibrate && known.some((each) => each.processor === processor)
      ? ok(known)
      : await calibrate({
          clients: clients.value,
          transfers: transfersOf(profile),
          signal: new AbortController().signal,
          onProgress: () => undefined,
        });
  if (!calibrated.ok) return calibrated;
  const others = known.filter((each) => !calibrated.value.some((one) => one.processor === each.processor));
  const calibration = [...others, ...calibrated.value];
  store.setState({ profile: { ...profile, calibration } });
  const form = model.description.forms.deploy;
  const bytes = await segments(0, form.units.length - 1);
  if (!bytes.ok) return bytes;
  const compared = await compareCosts(client, form, bytes.value, { ...profile, calibration });
  const seconds = calibration.find((each) => each.processor === processor)?.seconds ?? null;
  return compared.ok ? ok({ ...compared.value, calibrationSeconds: seconds }) : compared;
}
