/**
 * @file The co-designed row: of the designs within a point of the full configuration's accuracy those that are said to be the fastest,
 * by measurement or by prediction, run against each other; the fastest stays.
 */
import { networkOf, ratesOf, type Design } from '../../core/codesign/design.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { median } from '../../core/stats.ts';
import type { DesignSpace } from '../codesign/design-space.ts';
import type { Work } from '../task-runner.ts';
import { loadRow, unloadRow, type LoadedRow, type RowSpec } from './load-row.ts';
import { enginesFor, engineOfUses, type Bench } from './plan-rows.ts';
import { raceRows } from './race-rows.ts';
import type { Network, Subject } from './subject.ts';

/** By how much less accuracy a design may have: a point of a hundred. */
const MARGIN = 0.01;
/** Of each list, by measurement and by prediction. */
const TRIED = 3;
const ROUNDS = 5;

/** Those that may be the fastest within a point of `top1`; none where no design is so near. */
export function candidatesWithinAPoint(
  { designs }: Pick<DesignSpace, 'designs'>,
  top1: number,
): readonly Design[] {
  // Shares are decimals of four digits: what is a point less counts as such.
  const near = designs.filter(({ accuracy }) => accuracy >= top1 - MARGIN - 1e-9);
  const fastest = (list: readonly Design[], rateOf: (design: Design) => number): readonly Design[] =>
    list.toSorted((a, b) => rateOf(b) - rateOf(a)).slice(0, TRIED);
  const measured = near.filter((design) => design.measured !== null);
  return [
    ...new Set([
      ...fastest(measured, (design) => ratesOf(design).throughputFps),
      ...fastest(near, ({ predicted }) => predicted.throughputFps),
    ]),
  ];
}

export interface Means {
  readonly bench: Bench;
  readonly opened: (network: Network) => Promise<Result<Subject>>;
  readonly work: Work;
}

/** Null where no design is near. Each runs by the engines that are the faster ones for its configuration. */
export async function pickDesign(
  space: DesignSpace,
  top1: number,
  { bench, opened, work }: Means,
): Promise<Result<RowSpec | null>> {
  const ready = new Map<string, Pick<RowSpec, 'subject' | 'engineOf'>>();
  const loaded: LoadedRow<string>[] = [];
  try {
    for (const design of candidatesWithinAPoint(space, top1)) {
      if (work.signal.aborted) return err({ code: 'cancelled' });
      const { id, model, configuration, plan } = design;
      let network = ready.get(networkOf(design));
      if (!network) {
        const subject = await opened({ model, configuration, deletion: null });
        if (!subject.ok) return subject;
        const uses = await enginesFor(subject.value, 'deploy', bench, work);
        if (!uses.ok) return uses;
        network = { subject: subject.value, engineOf: engineOfUses(uses.value) };
        ready.set(networkOf(design), network);
      }
      const row = await loadRow({ id, form: 'deploy', plan, ...network }, bench.clients);
      if (!row.ok) return row;
      loaded.push(row.value);
    }
    const onProgress = (): void => work.onProgress('Picking a design', null);
    const samples = await raceRows(loaded, ROUNDS, { signal: work.signal, onProgress });
    if (!samples.ok) return samples;
    const rateOf = ({ spec }: LoadedRow<string>): number =>
      median(samples.value.get(spec.id)?.throughputFps ?? []) ?? 0;
    const [best] = loaded.toSorted((a, b) => rateOf(b) - rateOf(a));
    return ok(best ? { ...best.spec, id: 'co-design' } : null);
  } finally {
    for (const row of loaded) await unloadRow(row);
  }
}
