/** @file The accuracy of every network in the experiment: measured in this browser where images are given, else the manifest's. */
import { ok, type Result } from '../../core/result.ts';
import type { StageClient } from '../../workers/stage.client.ts';
import type { Work } from '../task-runner.ts';
import type { LoadedRow } from './load-row.ts';
import { fetchIndex } from './labelled-images.ts';
import { measureAccuracy, type Contender } from './measure-accuracy.ts';
import type { RowAccuracy } from './report.ts';
import { formOf, manifestAccuracy, segmentsOf, type Subject } from './subject.ts';

/** Equal for subjects that compute the same. */
export const networkKey = ({ network, configuration }: Subject): string =>
  [network.model, configuration ?? '', network.deletion ?? ''].join(' ');

/** By network; null where nothing is known. */
export async function accuraciesOf(
  rows: readonly Pick<LoadedRow, 'spec'>[],
  images: string | undefined,
  clients: readonly StageClient[],
  work: Work,
): Promise<Result<ReadonlyMap<string, RowAccuracy | null>>> {
  const networks = new Map(rows.map(({ spec }) => [networkKey(spec.subject), spec]));
  const stated = new Map([...networks].map(([key, { subject }]) => [key, statedAccuracy(subject)]));
  if (images === undefined) return ok(stated);
  const index = await fetchIndex(images, work.signal);
  if (!index.ok) return index;
  const contenders: Contender[] = [];
  for (const [name, { subject, engineOf }] of networks) {
    const last = formOf(subject, 'deploy').units.length - 1;
    const bytes = await segmentsOf(subject, 'deploy')(0, last);
    if (!bytes.ok) return bytes;
    const { input } = subject.manifest;
    contenders.push({ name, bytes: bytes.value, input, engine: engineOf('wasm:1') });
  }
  const single = clients.filter(({ processor }) => processor === 'wasm:1');
  const measured = await measureAccuracy(contenders, index.value, single, work);
  if (!measured.ok) return measured;
  return ok(
    new Map(
      [...measured.value].map(([key, accuracy]) => [
        key,
        { ...accuracy, source: 'browser' as const, manifestTop1: stated.get(key)?.manifestTop1 ?? null },
      ]),
    ),
  );
}

/** A network whose branches were deleted is none that the manifest knows. */
function statedAccuracy(subject: Subject): RowAccuracy | null {
  const stated = subject.network.deletion === null ? manifestAccuracy(subject) : null;
  return stated && { ...stated, source: 'manifest', manifestTop1: stated.top1 };
}
