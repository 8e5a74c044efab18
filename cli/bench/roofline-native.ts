/** @file Acceptance 1: each WASM ceiling and its native twin, in turn. */
import type { DeviceProfile } from '../../src/core/profile/profile.ts';
import { memoryLevels } from '../../src/core/roofline/levels.ts';
import { figure } from '../../src/ui/number-format.ts';
import { sizeText } from '../../src/bench/kernel.ts';
import { buildTwins, type Twin } from './native.ts';
import { call, openPage, type BenchPage } from './page.ts';
import { ratioOf, spreadText, type Line } from './report.ts';

const ROUNDS = 7;
const SAMPLES = 5;

interface Pair {
  readonly name: string;
  readonly id: string;
  readonly twin: Twin;
  readonly least: number;
}

const PAIRS: readonly Pair[] = [
  { name: 'one thread, relaxed madd / native FMA', id: 'wasm:1.fma.relaxed', twin: 'fma', least: 0.95 },
  { name: 'one thread, SIMD mul+add / native mul+add', id: 'wasm:1.fma.simd', twin: 'muladd', least: 0.9 },
  { name: 'copy, 64 MiB arrays / native', id: 'wasm:1.copy', twin: 'copy', least: 0.85 },
  { name: 'triad, 64 MiB arrays / native', id: 'wasm:1.triad', twin: 'triad', least: 0.85 },
];

async function samplesOf(page: BenchPage, ids: readonly string[]): Promise<Map<string, readonly number[]>> {
  const choice = { effort: 'full', only: ids, processors: ['wasm:2'] };
  const profile = await call<DeviceProfile>(page, `ridgepoint.roofline(${JSON.stringify(choice)})`);
  return new Map(profile.metrics.map(({ id, samples }) => [id, samples]));
}

export async function nativeLines(): Promise<readonly Line[]> {
  const twins = buildTwins();
  const page = await openPage('chromium');
  const found = new Map<string, number[]>();
  const add = (key: string, samples: readonly number[]): void => {
    found.set(key, [...(found.get(key) ?? []), ...samples]);
  };
  const of = (key: string): readonly number[] => found.get(key) ?? [];
  try {
    for (let round = 0; round < ROUNDS; round++) {
      for (const { id, twin } of PAIRS) {
        add(twin, await twins.run(twin, SAMPLES));
        for (const [key, samples] of await samplesOf(page, [id])) add(key, samples);
      }
      add('two', await twins.runTwo('fma', SAMPLES));
      for (const [key, samples] of await samplesOf(page, ['wasm:2.fma.relaxed'])) add(key, samples);
    }
    const levels = await plateauLines(page);
    const two = ratioOf(of('wasm:2.fma.relaxed'), of('wasm:1.fma.relaxed'));
    return [
      ...PAIRS.map(({ name, id, twin, least }) => ({
        name,
        value: ratioOf(of(id), of(twin)),
        target: { least },
        note: `${spreadText(of(id))} / ${spreadText(of(twin))}`,
      })),
      {
        name: 'two threads / one, relaxed madd',
        value: two,
        target: { least: 1.85 },
        note: `${spreadText(of('wasm:2.fma.relaxed'))}; two native processes / one: ${figure(ratioOf(of('two'), of('fma')))}`,
      },
      ...levels,
    ];
  } finally {
    twins.dispose();
    await page.close();
  }
}

/** The plateaus that the sweep over working sets shows. */
async function plateauLines(page: BenchPage): Promise<readonly Line[]> {
  const profile = await call<DeviceProfile>(page, `ridgepoint.roofline({ effort: 'full' })`);
  const levels = memoryLevels(profile, 'wasm:1');
  const texts = levels.map(
    ({ toBytes, bandwidthBytesPerSecond }) =>
      `to ${sizeText(toBytes)} ${figure(bandwidthBytesPerSecond / 1e9)} GB/s`,
  );
  const sizes = profile.metrics.filter(({ id }) => id.startsWith('wasm:1.copy@')).length;
  return [
    {
      name: 'memory levels that show as plateaus',
      value: levels.length,
      target: { least: 2 },
      note: `${texts.join('; ')}; ${sizes} sizes`,
    },
  ];
}
