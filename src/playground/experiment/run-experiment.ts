/**
 * @file Use case: the paper's experiment on this device. Fusion alone, plan alone, both, and a co-designed network, each against
 * the same rows in the same rounds; beside them what the paper's code does – branches deleted after training, a plan for the
 * least time of one frame. The model, the plan and the live view that the visitor chose stay as they are, but that live ends.
 */
import { DELETION_MODES } from '../../core/reparam/delete-branches.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { rooflineOf } from '../../core/roofline/roofline.ts';
import { compareForms } from '../compare-forms.ts';
import type { DesignSpace } from '../codesign/design-space.ts';
import { defaultProcessors } from '../processors.ts';
import type { PlanHost } from '../plan-on-device.ts';
import type { Work } from '../task-runner.ts';
import { accuraciesOf } from './accuracies.ts';
import { DATASETS, type DatasetId } from './datasets.ts';
import { loadRow, unloadRow, type LoadedRow, type RowSpec } from './load-row.ts';
import { pickDesign, type Means } from './pick-design.ts';
import { fullRows, type Bench } from './plan-rows.ts';
import { raceRows } from './race-rows.ts';
import { reportOf } from './build-report.ts';
import { ROW_IDS, type ExperimentReport, type RowId } from './report.ts';
import { manifestAccuracy, openSubject, type Network, type Subject } from './subject.ts';

export interface ExperimentOptions {
  readonly dataset: DatasetId;
  /** At least 1; 30 if left out. */
  readonly rounds?: number | undefined;
  /** Of racing a plan once, before the rounds; the planner’s own if left out. */
  readonly planSeconds?: number | undefined;
  /** Where the index of labelled images is (`ImageIndex`); without it accuracy is what the manifest says. */
  readonly images?: string | undefined;
}

export const ROUNDS = 30;

/** Rows that are left out, and why. */
type Missing = ExperimentReport['missing'][number];

/** Shares of the progress bar: opening and planning, racing, accuracy. */
const PLANNED = 0.25;
const RACED = 0.8;

/** `space`: the designs of the data set's model on this device; null leaves the co-designed row out. */
export async function runExperiment(
  host: PlanHost,
  { dataset: id, rounds = ROUNDS, planSeconds, images }: ExperimentOptions,
  space: DesignSpace | null,
  work: Work,
): Promise<Result<ExperimentReport>> {
  const start = performance.now();
  const subjects: Subject[] = [];
  const loaded: LoadedRow[] = [];
  const opened = async (network: Network): Promise<Result<Subject>> => {
    const subject = await openSubject(network, work);
    if (subject.ok) subjects.push(subject.value);
    return subject;
  };
  await host.live.stop();
  const bench = await benchOf(host, space, planSeconds);
  if (!bench.ok) return bench;
  const { clients } = bench.value;
  try {
    const planning = part(work, 0, PLANNED);
    const full = await opened({ model: DATASETS[id].model, deletion: null });
    if (!full.ok) return full;
    const [client] = clients.filter(({ processor }) => processor === 'wasm:1');
    if (!client) return err({ code: 'processor-invalid', id: 'wasm:1' });
    const fusion = await compareForms(full.value.description, full.value.worker, client, work.signal);
    if (!fusion.ok) return fusion;
    const rows = await fullRows(full.value, bench.value, planning);
    if (!rows.ok) return rows;
    const more = await furtherRows(full.value, rows.value, space, {
      bench: bench.value,
      opened,
      work: planning,
    });
    if (!more.ok) return more;
    const specs = [...rows.value, ...more.value.specs].toSorted(
      (a, b) => ROW_IDS.indexOf(a.id) - ROW_IDS.indexOf(b.id),
    );
    for (const spec of specs) {
      if (work.signal.aborted) return err({ code: 'cancelled' });
      const row = await loadRow(spec, clients);
      if (!row.ok) return row;
      loaded.push(row.value);
    }
    const samples = await raceRows(loaded, rounds, part(work, PLANNED, images === undefined ? 1 : RACED));
    if (!samples.ok) return samples;
    const accuracies = await accuraciesOf(loaded, images, clients, part(work, RACED, 1));
    if (!accuracies.ok) return accuracies;
    const { n, maxRelDifference } = fusion.value;
    return ok(
      reportOf({
        dataset: id,
        full: full.value,
        capabilities: await host.capabilities(),
        processors: bench.value.processors,
        rounds,
        rows: loaded,
        samples: samples.value,
        accuracies: accuracies.value,
        fusion: { maxRelDifference, n },
        missing: more.value.missing,
        seconds: (performance.now() - start) / 1000,
      }),
    );
  } finally {
    for (const row of loaded) await unloadRow(row);
    for (const { worker } of subjects) worker.terminate();
    await restoreEngines(host, bench.value);
  }
}

/** The processors of the designs, else those that plans use by default, and one WASM worker of one thread in any case. */
async function benchOf(
  host: PlanHost,
  space: DesignSpace | null,
  planSeconds: number | undefined,
): Promise<Result<Bench>> {
  const { profile } = host.store.getState();
  if (!profile) return err({ code: 'profile-missing' });
  const capabilities = await host.capabilities();
  const usable = defaultProcessors(capabilities).filter((each) => rooflineOf(profile, each) !== null);
  const processors = space?.processors ?? usable;
  const clients = await host.pool.acquire(
    processors.includes('wasm:1') ? processors : [...processors, 'wasm:1'],
  );
  if (!clients.ok) return clients;
  const { cores } = capabilities;
  return ok({ pool: host.pool, processors, clients: clients.value, cores, profile, planSeconds });
}

/** The co-designed row, and those with branches deleted. */
async function furtherRows(
  full: Subject,
  rows: readonly RowSpec[],
  space: DesignSpace | null,
  means: Means,
): Promise<Result<{ readonly specs: readonly RowSpec[]; readonly missing: readonly Missing[] }>> {
  const specs: RowSpec[] = [];
  const missing: Missing[] = [];
  const top1 = manifestAccuracy(full)?.top1 ?? null;
  const picked = space && top1 !== null ? await pickDesign(space, top1, means) : ok(null);
  if (!picked.ok) return picked;
  if (picked.value) specs.push(picked.value);
  else
    missing.push({ row: 'co-design', reason: 'no design of this model is within a point of its accuracy' });
  const fused = rows.find((row) => row.id === 'fused');
  for (const mode of DELETION_MODES) {
    const id: RowId = `deletion ${mode}`;
    const subject = await means.opened({ ...full.network, deletion: mode });
    if (!subject.ok) return subject;
    if (fused && subject.value.deletion?.blocks !== 0) specs.push({ ...fused, id, subject: subject.value });
    else missing.push({ row: id, reason: 'this network has no blocks of parallel branches' });
  }
  return ok({ specs, missing });
}

/** The engines of the plan in force, which the page loads segments by; without a plan our own wherever it can. */
async function restoreEngines({ store, pool }: PlanHost, { clients }: Bench): Promise<void> {
  const uses = store.getState().plan?.engines ?? [];
  for (const processor of new Set(clients.map((client) => client.processor)))
    await pool.prefer(processor, uses.find((use) => use.processor === processor)?.engine ?? 'auto');
}

/** Work whose progress fills the bar from `from` to `to`. */
const part = ({ signal, onProgress }: Work, from: number, to: number): Work => ({
  signal,
  onProgress: (step, progress) => onProgress(step, progress === null ? null : from + (to - from) * progress),
});
