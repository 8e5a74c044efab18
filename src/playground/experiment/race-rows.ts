/**
 * @file Runs every row once a round, each as a saturated pipeline for a fraction of a second, in turn with the others and every
 * other round the other way round, so that the machine's drift hits all alike. One round before counts nothing.
 */
import { elementCount } from '../../core/graph/model.ts';
import { randomTensor } from '../../core/random.ts';
import { median } from '../../core/stats.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { timePipeline } from '../run-plan.ts';
import type { Work } from '../task-runner.ts';
import type { LoadedRow, RowSpec } from './load-row.ts';
import { SAMPLE } from './report.ts';
import { formOf } from './subject.ts';
import { framesPerSecond } from './summary.ts';

const INPUTS = 4;

/** A sample a round of each row, in the order of the rounds. */
export interface RowSamples {
  readonly throughputFps: readonly number[];
  readonly latencyMs: readonly number[];
}

export async function raceRows<Id extends string>(
  rows: readonly LoadedRow<Id>[],
  rounds: number,
  { signal, onProgress }: Work,
): Promise<Result<ReadonlyMap<Id, RowSamples>>> {
  const samples = new Map(
    rows.map(({ spec }) => [spec.id, { throughputFps: [] as number[], latencyMs: [] as number[] }] as const),
  );
  const inputs = inputsBySize(rows);
  for (let round = -1; round < rounds; round++) {
    const order = round % 2 === 0 ? rows : rows.toReversed();
    for (const [i, { spec, loaded }] of order.entries()) {
      if (signal.aborted) return err({ code: 'cancelled' });
      onProgress(
        round < 0 ? 'Warming up' : `Round ${round + 1} of ${rounds}`,
        (round + 1 + i / rows.length) / (rounds + 1),
      );
      // At least one turn of the members that share frames.
      const minFrames = Math.max(SAMPLE.minFrames, ...loaded.stages.map(({ deal }) => deal.length));
      const sample = { ...SAMPLE, minFrames };
      const timed = await timePipeline(loaded, inputs.get(sizeOf(spec)) ?? [], sample, signal);
      if (!timed.ok) return timed;
      if (round < 0) continue;
      const mine = samples.get(spec.id);
      mine?.throughputFps.push(framesPerSecond(timed.value.intervalsMs, timed.value.turnFrames));
      mine?.latencyMs.push(median(timed.value.latenciesMs) ?? NaN);
    }
  }
  return ok(samples);
}

const sizeOf = ({ subject, form }: Pick<RowSpec, 'subject' | 'form'>): number =>
  elementCount(formOf(subject, form).input.shape);

/** Rows of one input size run on the same tensors. */
const inputsBySize = (
  rows: readonly LoadedRow<string>[],
): ReadonlyMap<number, readonly Float32Array<ArrayBuffer>[]> =>
  new Map(
    [...new Set(rows.map(({ spec }) => sizeOf(spec)))].map((size) => [
      size,
      Array.from({ length: INPUTS }, (_, i) => randomTensor(size, i + 1)),
    ]),
  );
