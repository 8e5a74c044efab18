/** @file `ridgepoint compare`: two profiles side by side; with one, this device is measured and is the base. */
import { compareProfiles, type ComparedMetric } from '../../src/core/profile/compare.ts';
import type { DeviceProfile } from '../../src/core/profile/profile.ts';
import { ok, type Result } from '../../src/core/result.ts';
import type { Command, Context } from '../context.ts';
import type { CliError } from '../failure.ts';
import { figure } from '../../src/ui/number-format.ts';
import { ratio } from '../figures.ts';
import { readProfile } from '../input.ts';
import type { Options } from '../options.ts';
import { columns } from '../table.ts';
import { deviceText } from './roofline.ts';

const filesOf = ({ profile, files }: Options): readonly string[] =>
  profile === undefined ? files : [profile, ...files];

/** Latencies in µs: seconds would be a row of noughts. */
function rowOf({ id, unit, base, other, ratio: better }: ComparedMetric): readonly string[] {
  const cell = (value: number | null): string =>
    value === null ? '–' : figure(unit === 's' ? value * 1e6 : value);
  return [
    `  ${id}`,
    cell(base),
    cell(other),
    unit === 's' ? 'µs' : unit,
    better === null ? '–' : ratio(better),
  ];
}

function textOf(base: DeviceProfile, other: DeviceProfile, metrics: readonly ComparedMetric[]): string {
  return [
    `base   ${base.name}, ${base.date}: ${deviceText(base)}`,
    `other  ${other.name}, ${other.date}: ${deviceText(other)}`,
    '',
    columns([['  metric', 'base', 'other', 'unit', 'other is better by'], ...metrics.map(rowOf)], [1, 2, 4]),
  ].join('\n');
}

async function baseProfile(
  path: string | null,
  { io, drive }: Context,
): Promise<Result<DeviceProfile, CliError>> {
  if (path !== null) return readProfile(path);
  return drive({ verb: 'roofline', argument: {}, files: new Map(), webgpu: true }, io);
}

const identity = ({ name, date, environment }: DeviceProfile) => ({ name, date, environment });

export const compare: Command = {
  name: 'compare',
  summary: 'two device profiles side by side, with ratios',
  usage: ['compare BASE.json OTHER.json', 'compare OTHER.json'],
  details:
    'Profiles come from “roofline --json” or the page’s export. With one file, this device is measured as the base.',
  options: ['profile'],
  wrongUsage: (options) => {
    const count = filesOf(options).length;
    return count === 1 || count === 2 ? null : `compare takes one or two profiles, not ${count}`;
  },
  run: async (options, context) => {
    const [first = '', second] = filesOf(options);
    const other = await readProfile(second ?? first);
    if (!other.ok) return other;
    const base = await baseProfile(second === undefined ? null : first, context);
    if (!base.ok) return base;
    const metrics = compareProfiles(base.value, other.value);
    const json = { base: identity(base.value), other: identity(other.value), metrics };
    return ok({ json, text: textOf(base.value, other.value, metrics) });
  },
};
