/**
 * @file Times the layers of a family in the engine: a few configurations that together have every layer run on each processor,
 * all others are sums (core/codesign/lookup.ts).
 */
import type { LayerTimes } from '../../core/cost/cost-table.ts';
import { coverOf, LookupTable } from '../../core/codesign/lookup.ts';
import { elementCount } from '../../core/graph/model.ts';
import type { FormDescription } from '../../core/prepare-model.ts';
import type { ProcessorId } from '../../core/profile/profile.ts';
import { randomTensor } from '../../core/random.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { StageClient } from '../../workers/stage.client.ts';
import { measureSingle, type SingleEffort } from '../measure-singles.ts';
import type { ProcessorPool } from '../processors.ts';
import type { Work } from '../task-runner.ts';
import type { FamilyMember } from './family.ts';

/** Of each configuration of the cover on each processor. */
const EFFORT: SingleEffort = { seconds: 0.12, runs: 5, profiledRuns: 10 };
/** Of choosing kernels for the shapes of one configuration that no other had. */
const TUNE_SECONDS = 0.6;

/** Seconds of the layers of a form, one entry a processor; null where a layer was not timed. */
export type LayerTimesOf = (form: FormDescription) => readonly LayerTimes[] | null;

/** `clients`: one a processor of `processors`, open, told which engine to use. */
export async function timeLayers(
  members: readonly FamilyMember[],
  processors: readonly ProcessorId[],
  clients: readonly StageClient[],
  pool: Pick<ProcessorPool, 'adopt'>,
  { signal, onProgress }: Work,
): Promise<Result<LayerTimesOf>> {
  const cover = coverOf(members.map(({ form }) => form.layers)).flatMap((at) => members[at] ?? []);
  const tables = new Map(processors.map((processor) => [processor, new LookupTable()]));
  const errors: number[] = [];
  const tuner = clients.find(({ processor }) => processor !== 'webgpu');
  for (const [i, { form, segments }] of cover.entries()) {
    onProgress('Timing every kind of layer', 0.15 + (0.45 * i) / cover.length);
    const bytes = await segments(0, form.units.length - 1);
    if (!bytes.ok) return bytes;
    const tuned = tuner && (await tuner.worker.call((remote) => remote.tune(bytes.value, TUNE_SECONDS)));
    if (tuned) {
      const told = tuned.ok ? await pool.adopt(tuned.value) : tuned;
      if (!told.ok) return told;
    }
    const input = randomTensor(elementCount(form.input.shape), 1);
    for (const [processor, table] of tables) {
      if (signal.aborted) return err({ code: 'cancelled' });
      const client = clients[processors.indexOf(processor)];
      if (!client) return err({ code: 'processor-invalid', id: processor });
      const single = await measureSingle(client, bytes.value, input, form.layers, EFFORT);
      if (!single.ok) return single;
      const { times } = single.value;
      if (!times) continue;
      table.add(form.layers, times.seconds, times.totalSeconds);
      errors.push(times.relativeError ?? 0);
    }
  }
  const relativeError = Math.max(0, ...errors);
  return ok(({ layers }) => {
    const found = processors.flatMap((processor): readonly LayerTimes[] => {
      const seconds = tables.get(processor)?.secondsOf(layers);
      if (!seconds) return [];
      const byIndex = layers.reduce<number[]>((all, { index }, l) => {
        all[index] = seconds[l] ?? 0;
        return all;
      }, []);
      const totalSeconds = seconds.reduce((sum, each) => sum + each, 0);
      return [{ processor, seconds: byIndex, totalSeconds, relativeError }];
    });
    return found.length === processors.length ? found : null;
  });
}
