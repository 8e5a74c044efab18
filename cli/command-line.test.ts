import { describe, expect, it } from 'vitest';
import { DEVICE } from '../src/fixtures/profile.ts';
import { err, ok } from '../src/core/result.ts';
import { COMMANDS } from './command-line.ts';
import { folder, run } from './testing/run.ts';

describe('wrong usage', () => {
  it.each([
    { argv: [], reason: 'No command' },
    { argv: ['nosuch'], reason: '“nosuch”' },
    { argv: ['--json', 'a.json', 'roofline'], reason: 'The command comes before --json' },
    { argv: ['roofline', '--nosuch'], reason: "Unknown option '--nosuch'" },
    { argv: ['roofline', '--model', 'rep-digits'], reason: "Unknown option '--model'" },
    { argv: ['roofline', 'a.json'], reason: 'takes no files' },
    { argv: ['roofline', '--processors', 'wasm:1,gpu'], reason: '“gpu” is not a processor' },
    { argv: ['roofline', '--processors', 'wasm:0'], reason: '“wasm:0” is not a processor' },
    { argv: ['plan', '--objective', 'best'], reason: 'fastest, snappiest, smooth' },
    { argv: ['plan', '--engine', 'onnx'], reason: '“onnx” is not an engine: use auto, fused, ort' },
    { argv: ['plan', '--all', '--predict-only'], reason: 'choose one' },
    { argv: ['plan', '--json'], reason: 'argument missing' },
    { argv: ['plan', '--json', ''], reason: '--json is empty' },
    { argv: ['classify'], reason: 'at least one --image' },
    { argv: ['classify', '--image', 'a.png', '--processors', 'wasm:1,wasm:1'], reason: 'one processor' },
    { argv: ['fuse'], reason: 'needs a model' },
    { argv: ['fuse', 'a.onnx', 'b.onnx', 'c.onnx'], reason: 'at most 2 files' },
    { argv: ['inspect'], reason: 'one model' },
    { argv: ['inspect', 'a.onnx', '--model', 'rep-digits'], reason: 'one model' },
    { argv: ['compare'], reason: 'one or two profiles' },
    { argv: ['compare', 'a.json', 'b.json', 'c.json'], reason: 'not 3' },
  ])('$argv ends with 2, the reason and a hint on stderr, and starts nothing', async ({ argv, reason }) => {
    const ran = await run(argv);
    expect(ran).toMatchObject({ code: 2, out: '', requests: [] });
    const [first, second, ...rest] = ran.err.trimEnd().split('\n');
    expect(first).toContain(reason);
    expect(second).toMatch(/^(Usage|Commands): .*--help”\.$/);
    expect(rest).toEqual([]);
  });
});

describe('help', () => {
  it('lists every command', async () => {
    for (const argv of [['--help'], ['-h'], ['help']]) {
      const ran = await run(argv);
      expect(ran).toMatchObject({ code: 0, err: '' });
      for (const { name, summary } of COMMANDS)
        expect(ran.out).toMatch(new RegExp(`^ {2}${name} +${summary.slice(0, 9)}`, 'm'));
    }
  });
  it.each(COMMANDS.map(({ name }) => name))('%s has its own, whatever else is asked', async (name) => {
    const ran = await run([name, '--help', 'a', 'b', 'c', 'd']);
    expect(ran).toMatchObject({ code: 0, err: '', requests: [] });
    expect(ran.out).toContain(`npm run ridgepoint -- ${name} `);
    expect(ran.out).toContain('--json FILE');
    expect(ran.out.includes('--objective')).toBe(name === 'plan');
  });
});

describe('outcome', () => {
  it('0: the text on stdout, the JSON in the file', async () => {
    const here = await folder();
    const ran = await run(['roofline', '--json', here.path('out.json')], { answer: ok(DEVICE) });
    expect(ran).toMatchObject({ code: 0, err: '' });
    expect(ran.out).toContain('wasm:1.fma.relaxed');
    expect(await here.json('out.json')).toEqual(JSON.parse(JSON.stringify(DEVICE)));
  });
  it('with --json - stdout is the JSON alone, and the text is on stderr', async () => {
    const ran = await run(['roofline', '--json', '-'], { answer: ok(DEVICE) });
    expect(ran.code).toBe(0);
    expect(JSON.parse(ran.out)).toMatchObject({ format: 'ridgepoint-profile' });
    expect(ran.err).toContain('ridge point');
  });
  it('1: one line on stderr, { error } in the file, nothing on stdout', async () => {
    const here = await folder();
    const error = { code: 'engine-failed', message: 'The engine failed.' } as const;
    const ran = await run(['roofline', '--json', here.path('out.json')], { answer: err(error) });
    expect(ran).toMatchObject({ code: 1, out: '', err: 'The engine failed.\n' });
    expect(await here.json('out.json')).toEqual({ error });
  });
  it('130: interrupted, and no JSON', async () => {
    const here = await folder();
    const argv = ['roofline', '--json', here.path('out.json')];
    expect(await run(argv, { answer: ok(DEVICE), interrupted: true })).toMatchObject({
      code: 130,
      out: '',
      err: 'Interrupted.\n',
    });
    await expect(here.json('out.json')).rejects.toThrow('ENOENT');
  });
  it('finds out that the JSON cannot be written before it measures', async () => {
    const here = await folder();
    const ran = await run(['roofline', '--json', here.path('none/out.json')], { answer: ok(DEVICE) });
    expect(ran).toMatchObject({ code: 1, requests: [] });
    expect(ran.err).toMatch(/^Cannot write .*none\/out\.json: .*\n$/);
    expect((await run(['roofline', '--json', here.path('.')], { answer: ok(DEVICE) })).err).toContain(
      'it is a folder',
    );
  });
});
