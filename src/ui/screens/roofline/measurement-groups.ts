/** @file All metrics of a profile in groups that a reader looks for. Pure. */
import type { Metric } from '../../../core/profile/profile.ts';
import { isSweepPoint } from '../../components/metric-name.ts';

export interface MeasurementGroup {
  readonly title: string;
  /** What its figures are for. */
  readonly remark: string;
  readonly metrics: readonly Metric[];
}

const TRANSFERS: readonly string[] = ['upload', 'download', 'hop', 'hop.shared'];

const GROUPS: readonly (Omit<MeasurementGroup, 'metrics'> & {
  readonly holds: (metric: Metric) => boolean;
})[] = [
  {
    title: 'Both at once',
    remark: 'a ceiling while another processor does the same work',
    holds: ({ beside }) => beside !== undefined,
  },
  {
    title: 'Arithmetic a byte',
    remark: 'one kernel, with more and more arithmetic a byte',
    holds: ({ operationalIntensity }) => operationalIntensity !== undefined,
  },
  {
    title: 'Transfers',
    remark: 'between processors and workers',
    holds: ({ type }) => TRANSFERS.includes(type),
  },
  { title: 'Working sets', remark: 'from the nearest cache to memory', holds: isSweepPoint },
  {
    title: 'Overheads',
    remark: 'what a call costs, whatever it does',
    holds: ({ kind }) => kind === 'latency',
  },
  { title: 'Arithmetic', remark: 'registers only, no memory', holds: ({ kind }) => kind === 'compute' },
  { title: 'Memory', remark: 'arrays that no cache holds', holds: () => true },
];
/** As they are read; above is the order in which they pick. */
const ORDER = [
  'Arithmetic',
  'Memory',
  'Overheads',
  'Transfers',
  'Both at once',
  'Arithmetic a byte',
  'Working sets',
];

/** Every metric is in exactly one group; groups without any are left out. */
export function measurementGroups(metrics: readonly Metric[]): readonly MeasurementGroup[] {
  const titleOf = (metric: Metric): string | undefined => GROUPS.find(({ holds }) => holds(metric))?.title;
  const titles = metrics.map(titleOf);
  return ORDER.flatMap((title) => {
    const remark = GROUPS.find((group) => group.title === title)?.remark ?? '';
    const held = metrics.filter((_, i) => titles[i] === title);
    return held.length > 0 ? [{ title, remark, metrics: held }] : [];
  });
}
