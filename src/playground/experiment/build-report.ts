/** @file Puts together what the experiment measured; pure, no worker. */
import type { ProcessorId } from '../../core/profile/profile.ts';
import type { Capabilities } from '../../platform/capabilities.ts';
import { networkKey } from './accuracies.ts';
import type { DatasetId } from './datasets.ts';
import { gainsOf } from './gains.ts';
import type { LoadedRow } from './load-row.ts';
import type { RowSamples } from './race-rows.ts';
import type { ExperimentReport, RowAccuracy, RowId } from './report.ts';
import type { Subject } from './subject.ts';
import { estimateOf, pairedRatio } from './summary.ts';

export interface Found {
  readonly dataset: DatasetId;
  readonly full: Subject;
  readonly capabilities: Capabilities;
  readonly processors: readonly ProcessorId[];
  readonly rounds: number;
  readonly rows: readonly LoadedRow[];
  /** Of every row. */
  readonly samples: ReadonlyMap<RowId, RowSamples>;
  /** By network. */
  readonly accuracies: ReadonlyMap<string, RowAccuracy | null>;
  readonly fusion: ExperimentReport['fusion'];
  readonly missing: ExperimentReport['missing'];
  readonly seconds: number;
}

export function reportOf(found: Found): ExperimentReport {
  const { capabilities, full, rows, samples } = found;
  const { browser, cores, crossOriginIsolated, adapter } = capabilities;
  const rates = new Map([...samples].map(([id, { throughputFps }]) => [id, throughputFps]));
  const [first] = rows;
  const { elastic, accuracy } = full.manifest;
  const { dataset, split } = elastic?.accuracy ?? accuracy[0] ?? { dataset: 'nothing', split: 'none' };
  return {
    dataset: found.dataset,
    machine: { browser, cores, crossOriginIsolated, adapter, date: new Date().toISOString() },
    processors: found.processors,
    rounds: found.rounds,
    rows: rows.map(({ spec, engines }) => {
      const { id, subject, form, plan } = spec;
      const own = samples.get(id) ?? { throughputFps: [], latencyMs: [] };
      const base = rates.get(first?.spec.id ?? id) ?? [];
      return {
        id,
        model: subject.network.model,
        configuration: subject.configuration,
        form,
        deletion: deletionOf(subject),
        plan,
        engines,
        throughputFps: estimateOf(own.throughputFps),
        fpsByRound: own.throughputFps,
        latencyMs: estimateOf(own.latencyMs),
        accuracy: found.accuracies.get(networkKey(subject)) ?? null,
        gainOverFirst: pairedRatio(own.throughputFps, base).median,
      };
    }),
    gains: gainsOf(rates),
    fusion: found.fusion,
    accuracy: { dataset, split },
    missing: found.missing,
    seconds: found.seconds,
  };
}

function deletionOf({
  network: { deletion: mode },
  deletion,
}: Subject): ExperimentReport['rows'][number]['deletion'] {
  return mode === null || deletion === null ? null : { mode, ...deletion.deleted };
}
