/** @file What a reader calls the rows of the experiment, and the sentences that go with its figures. */
import { ENGINE_NAMES } from '../../core/engine.ts';
import { median, medianAbsoluteDeviation } from '../../core/stats.ts';
import { DATASETS } from './datasets.ts';
import type { ExperimentReport, ExperimentRow, RowId } from './report.ts';

export const ROW_NAMES: Readonly<Record<RowId, string>> = {
  baseline: 'Multi-branch, one WASM worker (baseline)',
  'multi-branch': 'Multi-branch, best single processor',
  fused: 'Fused, the same processor',
  'multi-branch+plan': 'Multi-branch, planned',
  'fused+plan': 'Fused, planned',
  'co-design': 'Co-designed within 1 point',
  'paper-plan': 'Fused, plan of the paper’s objective',
  'deletion none': 'Paper’s mode none, fused',
  'deletion 3x3_1x1': 'Paper’s mode 3x3_1x1, fused',
  'deletion 3x3_identity': 'Paper’s mode 3x3_identity, fused',
  'other-engine multi-branch': 'Multi-branch, one WASM worker, other engine',
  'other-engine fused': 'Fused, one WASM worker, other engine',
};

/** `Ridgepoint`; `Ridgepoint, onnxruntime-web` where members differ. */
export const enginesText = ({ engines }: Pick<ExperimentRow, 'engines'>): string =>
  [...new Set(engines)].map((engine) => ENGINE_NAMES[engine]).join(', ');

/** What the paper reports, and why the figures here are others. */
export function paperText({ dataset }: Pick<ExperimentReport, 'dataset'>): string {
  const { name, paperGain } = DATASETS[dataset];
  const reported =
    paperGain === null
      ? `The paper (arXiv 2411.00838) reports no gain on ${name}`
      : `The paper (arXiv 2411.00838) reports +${(paperGain * 100).toFixed(2)} % throughput on ${name}`;
  return `${reported}; its devices, networks and baselines are others, so the figures stand beside each other and do not compare.`;
}

/** Where the accuracies come from. */
export function accuracyText({ rows, accuracy: { dataset, split } }: ExperimentReport): string {
  const [first] = rows.flatMap(({ accuracy }) => accuracy ?? []);
  if (!first) return 'Of no row the accuracy is known.';
  const images = `${first.n.toLocaleString('en-US')} images of ${dataset}, ${split}`;
  const warning =
    split === 'train' ? ' The network was trained on these images: it says nothing of new ones.' : '';
  if (first.source === 'manifest')
    return `Top-1 is what the model’s manifest says, of ${images}; nothing was classified here.${warning}`;
  const known = rows.flatMap(({ accuracy }) =>
    accuracy?.manifestTop1 == null ? [] : Math.abs(accuracy.top1 - accuracy.manifestTop1),
  );
  const most = (100 * Math.max(0, ...known)).toFixed(2);
  return `Top-1 was measured in this browser on ${images}; the manifest’s figures differ by at most ${most} points.${warning}`;
}

/** METHOD §2: what spreads more has not been measured well. */
const HIGH_DISPERSION = 0.1;

/** Rows whose samples spread so much that something else had a hand in them; null where there are none. */
export function noiseText({ rows }: Pick<ExperimentReport, 'rows'>): string | null {
  const noisy = rows.filter(({ fpsByRound }) => spreadOf(fpsByRound) > HIGH_DISPERSION);
  if (noisy.length === 0) return null;
  const names = noisy.map(({ id, fpsByRound }) => `${ROW_NAMES[id]} (${percent(spreadOf(fpsByRound))})`);
  return `Noisy, by a median deviation of more than ${percent(HIGH_DISPERSION)}: ${names.join('; ')}. Something else was at work on this machine.`;
}

const spreadOf = (samples: readonly number[]): number =>
  (medianAbsoluteDeviation(samples) ?? 0) / (median(samples) ?? NaN);

const percent = (share: number): string => `${Math.round(100 * share)} %`;

/** Of the full configuration’s two forms. */
export const fusionText = ({ fusion: { maxRelDifference, n } }: Pick<ExperimentReport, 'fusion'>): string =>
  `Fusing changed no output by more than ${maxRelDifference.toExponential(1)} of the largest (${n} inputs).`;
