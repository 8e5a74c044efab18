/**
 * @file The command line as a reader runs it: a process of its own, which serves the built page to a browser of its own.
 * What it prints and its exit codes are part of the product (DESIGN, “What --json holds”).
 */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { expect, test } from '@playwright/test';
import { ratesOf, type Design } from '../src/core/codesign/design.ts';
import type { DesignSpace } from '../src/playground/codesign/design-space.ts';
import type { ClassifyReport, ComposeReport, FuseReport } from '../src/playground/console-api.ts';
import { strokesPng } from './support/png.ts';

interface Ran {
  readonly code: number | string | null | undefined;
  readonly out: string;
  readonly err: string;
}

/** Runs `ridgepoint …argv` in the project's folder, which is where Playwright runs. */
function ridgepoint(...argv: readonly string[]): Promise<Ran> {
  return new Promise((resolve) => {
    const command = ['--import', 'tsx', 'cli/main.ts', ...argv];
    execFile(process.execPath, command, { maxBuffer: 1 << 26 }, (failed, out, err) => {
      resolve({ code: failed ? failed.code : 0, out, err });
    });
  });
}

let folder: string;
test.beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ridgepoint-e2e-'));
});
test.afterAll(() => rm(folder, { recursive: true }));

/** A ring and a bar: digits that need no handwriting. */
async function digits(): Promise<readonly string[]> {
  const circle = Array.from({ length: 25 }, (_, i) => {
    const angle = (i / 24) * 2 * Math.PI;
    return [140 + 60 * Math.sin(angle), 140 - 85 * Math.cos(angle)] as const;
  });
  const drawn = {
    'zero.png': strokesPng([[circle[0] ?? [0, 0], ...circle.slice(1)]]),
    'one.png': strokesPng([
      [
        [140, 50],
        [140, 230],
      ],
    ]),
  };
  return Promise.all(
    Object.entries(drawn).map(async ([name, bytes]) => {
      await writeFile(join(folder, name), bytes);
      return join(folder, name);
    }),
  );
}

test('classify --json - writes the JSON of DESIGN to stdout and nothing else', async () => {
  const [zero = '', one = ''] = await digits();
  const ran = await ridgepoint('classify', '--model', 'rep-digits', '--image', zero, one, '--json', '-');
  expect(ran.code, ran.err).toBe(0);
  const report = JSON.parse(ran.out) as ClassifyReport;
  expect(Object.keys(report)).toEqual(['model', 'configuration', 'plan', 'engine', 'results']);
  expect(report).toMatchObject({
    model: 'rep-digits',
    configuration: '28-3333333',
    engine: 'fused',
    plan: { kind: 'single', stages: [{ processor: 'wasm:1', fromUnit: 0 }] },
  });
  expect(report.results.map(({ image, top }) => [image, top[0]?.index, top[0]?.label])).toEqual([
    [zero, 0, '0'],
    [one, 1, '1'],
  ]);
  for (const { top, latencyMs } of report.results) {
    expect(top).toHaveLength(5);
    const probabilities = top.map(({ probability }) => probability);
    expect(probabilities).toEqual(probabilities.toSorted((a, b) => b - a));
    expect(latencyMs).toBeGreaterThan(0);
  }
  // The text for the reader went to stderr.
  expect(ran.err).toContain('rep-digits, configuration 28-3333333, on wasm:1');
});

test('classify finds the espresso in the shipped photo', async () => {
  const target = join(folder, 'coffee.json');
  const photo = 'public/samples/coffee.jpg';
  const ran = await ridgepoint(
    'classify',
    '--model',
    'efficientnet-lite0',
    '--image',
    photo,
    '--json',
    target,
  );
  expect(ran.code, ran.err).toBe(0);
  const { results } = JSON.parse(await readFile(target, 'utf8')) as ClassifyReport;
  expect(results.map(({ image }) => image)).toEqual([photo]);
  expect(results[0]?.top.map(({ label }) => label)).toContain('espresso');
  expect(ran.out).toContain('espresso');
});

test('fuse by id runs both forms: fewer nodes, the same outputs', async () => {
  const ran = await ridgepoint('fuse', '--model', 'rep-digits', '--json', '-');
  expect(ran.code, ran.err).toBe(0);
  const report = JSON.parse(ran.out) as FuseReport;
  expect(report.maxRelDifference).toBeLessThanOrEqual(1e-4);
  // Exactly 0 would mean that one form was compared with itself.
  expect(report.maxAbsDifference).toBeGreaterThan(0);
  expect(report.before.operators['BatchNormalization']).toBeGreaterThan(0);
  expect(report.after.operators['BatchNormalization']).toBeUndefined();
  expect(report.after.nodes).toBeLessThan(report.before.nodes);
  expect(report.before.nodes - report.merged).toBe(report.after.nodes);
});

test('compose writes in Node what the browser composes', async () => {
  const [target, report] = [join(folder, 'composed'), join(folder, 'composed.json')];
  const ran = await ridgepoint('compose', '--model', 'rep-digits', '--out', target, '--json', report);
  // Bytes that differ from the browser's would have failed.
  expect(ran.code, ran.err).toBe(0);
  const { configurations } = JSON.parse(await readFile(report, 'utf8')) as ComposeReport;
  expect(configurations.length).toBeGreaterThanOrEqual(12);
  for (const { id, bytes, milliseconds } of configurations) {
    expect((await readFile(join(target, `${id}.onnx`))).length).toBe(bytes);
    expect(milliseconds.n).toBe(20);
  }
  expect(ran.out).toContain('from weights to ONNX file');
});

/** In all of accuracy, throughput and latency. */
function isAsGood(one: Design, other: Design): boolean {
  const [a, b] = [ratesOf(one), ratesOf(other)];
  return (
    one.accuracy >= other.accuracy &&
    a.throughputFps >= b.throughputFps &&
    a.latencySeconds <= b.latencySeconds
  );
}

test('codesign measures this machine and prints the designs that no other beats', async () => {
  const ran = await ridgepoint('codesign', '--model', 'rep-digits', '--predict-only', '--json', '-');
  expect(ran.code, ran.err).toBe(0);
  const { configurations, considered, designs, front, verified } = JSON.parse(ran.out) as DesignSpace;
  expect(configurations.length).toBeGreaterThanOrEqual(12);
  expect(considered).toBeGreaterThan(designs.length);
  const onFront = front.flatMap((id) => designs.find((design) => design.id === id) ?? []);
  expect(onFront).toHaveLength(front.length);
  expect(front.length).toBeGreaterThan(1);
  for (const each of designs)
    expect(
      onFront.filter((other) => isAsGood(other, each)).map(({ id }) => id),
      each.id,
    ).toEqual(front.includes(each.id) ? [each.id] : expect.arrayContaining([expect.any(String)]));
  // The most accurate configuration is on it, first, and nothing of the front ran.
  expect(onFront[0]?.accuracy).toBe(Math.max(...configurations.map(({ top1 }) => top1)));
  expect([verified, onFront.every(({ measured }) => measured === null)]).toEqual([0, true]);
  expect(ran.err.match(/ % +[\d.,]+ +[\d.,]+ +predicted /g)).toHaveLength(front.length);
});

test('wrong usage exits with 2 and one hint', async () => {
  const wrong = [
    [],
    ['clasify'],
    ['classify'],
    ['classify', '--image'],
    ['plan', '--objective', 'quick'],
    ['compose', '--model', 'net.onnx'],
    ['fuse', 'net.onnx', '--configuration', '64-3'],
  ];
  const runs = await Promise.all(wrong.map((argv) => ridgepoint(...argv)));
  for (const [i, ran] of runs.entries()) {
    expect([ran.code, ran.out], wrong[i]?.join(' ')).toEqual([2, '']);
    expect(ran.err).toContain('--help');
  }
});

test('what is not there exits with 1, a line on stderr and the error as JSON', async () => {
  const image = join(folder, 'no such picture.png');
  const ran = await ridgepoint('classify', '--model', 'rep-digits', '--image', image, '--json', '-');
  expect(ran.code).toBe(1);
  expect(JSON.parse(ran.out)).toEqual({
    error: { code: 'file-unreadable', message: `Cannot read ${image}: there is no such file.` },
  });
  expect(ran.err).toBe(`Cannot read ${image}: there is no such file.\n`);
});

test('a picture that is none comes back from the page as an error', async () => {
  const junk = join(folder, 'junk.png');
  await writeFile(junk, 'junk');
  const ran = await ridgepoint('classify', '--model', 'rep-digits', '--image', junk, '--json', '-');
  expect(ran.code).toBe(1);
  expect(JSON.parse(ran.out)).toMatchObject({ error: { code: 'image-invalid' } });
  expect(ran.err).toContain('is not a readable image');
});
