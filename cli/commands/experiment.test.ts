/** @file `ridgepoint experiment`: what it asks of the page, and what it writes of the answer. */
import { readFile, stat } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { experimentReport } from '../../src/fixtures/experiment.ts';
import { err, ok } from '../../src/core/result.ts';
import { folder, run } from '../testing/run.ts';

const report = experimentReport();

describe('experiment', () => {
  it('asks for the data set alone, and tells rows, gains and where accuracy comes from', async () => {
    const ran = await run(['experiment', '--dataset', 'mnist', '--rounds', '40'], { answer: ok(report) });
    expect(ran.code).toBe(0);
    expect(ran.requests).toEqual([
      { verb: 'experiment', argument: { dataset: 'mnist', rounds: 40 }, files: new Map(), webgpu: true },
    ]);
    expect(ran.out).toMatch(/Fused, the same processor +300 \[294, 306\].*99\.55 % \(n = 10,000\) +3\.00$/m);
    expect(ran.out).toMatch(/fusion alone +1\.50 \[1\.50, 1\.50\] +6$/m);
    expect(ran.out).toContain('wasm:1[0–6], Ridgepoint');
    expect(ran.out).toContain('+12.05 %');
  });

  it('shows the page the images of --data, and takes them away again', async () => {
    const here = await folder();
    await here.write('t10k-images-idx3-ubyte', Uint8Array.from([0, 0, 8, 3, ...sizes(2, 1, 1), 9, 8]));
    await here.write('t10k-labels-idx1-ubyte', Uint8Array.from([0, 0, 8, 1, ...sizes(2), 3, 4]));
    const argv = ['experiment', '--dataset', 'mnist', '--data', here.path('')];
    const ran = await run(argv, { answer: ok(report) });
    const [request] = ran.requests;
    expect(request?.argument).toEqual({ dataset: 'mnist', images: './cli/images/index.json' });
    const files = [...(request?.files.entries() ?? [])];
    expect(files.map(([pathname]) => pathname)).toEqual(['/cli/images/0.bin', '/cli/images/index.json']);
    for (const [, file] of files) await expect(stat(file)).rejects.toThrow('ENOENT');
  });

  it('writes JSON, and a section with its chart', async () => {
    const here = await folder();
    const markdown = await here.write('RESULTS.md', 'Mine.\n');
    const argv = [
      'experiment',
      '--dataset',
      'mnist',
      '--markdown',
      markdown,
      '--json',
      here.path('out.json'),
    ];
    expect((await run(argv, { answer: ok(report) })).code).toBe(0);
    expect(await here.json('out.json')).toEqual(report);
    const text = await readFile(markdown, 'utf8');
    expect(text).toMatch(/^Mine\.\n\n<!-- experiment mnist: begin -->/);
    expect(text).toContain('](results-mnist.svg)');
    expect(await readFile(here.path('results-mnist.svg'), 'utf8')).toMatch(/^<svg /);
  });

  it('finds out before it measures that data cannot be read or a file cannot be written', async () => {
    const here = await folder();
    const unread = await run([
      'experiment',
      '--dataset',
      'imagenet',
      '--data',
      here.path('none'),
      '--json',
      '-',
    ]);
    expect(unread).toMatchObject({ code: 1, requests: [] });
    expect(JSON.parse(unread.out)).toMatchObject({ error: { code: 'file-unreadable' } });
    const unwritten = await run(['experiment', '--dataset', 'mnist', '--markdown', here.path('a/b.md')]);
    expect(unwritten).toMatchObject({ code: 1, requests: [] });
  });

  it('tells why the page could not, and writes nothing then', async () => {
    const here = await folder();
    const answer = err({ code: 'cancelled', message: 'It was cancelled.' } as const);
    const argv = ['experiment', '--dataset', 'mnist', '--markdown', here.path('RESULTS.md')];
    const ran = await run(argv, { answer });
    expect(ran).toMatchObject({ code: 1, err: 'It was cancelled.\n' });
    await expect(stat(here.path('RESULTS.md'))).rejects.toThrow('ENOENT');
  });

  it.each([
    [['experiment'], 'needs a --dataset'],
    [['experiment', '--dataset', 'cifar'], '“cifar” is not a data set'],
    [['experiment', '--dataset', 'mnist', '--rounds', '0'], '“0” is not a number of rounds'],
    [['experiment', '--dataset', 'mnist', 'more'], 'takes no files'],
  ])('refuses %j', async (argv, reason) => {
    const ran = await run(argv);
    expect(ran).toMatchObject({ code: 2, requests: [] });
    expect(ran.err).toContain(reason);
  });
});

const sizes = (...list: readonly number[]): readonly number[] => list.flatMap((size) => [0, 0, 0, size]);
