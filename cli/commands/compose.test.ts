import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { ok } from '../../src/core/result.ts';
import { serializeModel } from '../../src/core/onnx/serialize.ts';
import type { ComposeReport } from '../../src/playground/console-api.ts';
import { findModel } from '../input.ts';
import { prepareFile } from '../prepare.ts';
import { folder, run } from '../testing/run.ts';

const MODEL = 'rep-digits';

/** The smallest configuration of the shipped digits, as Node composes it. */
async function smallest(): Promise<{ readonly id: string; readonly onnx: Uint8Array }> {
  const found = await findModel(MODEL);
  const id = found.ok ? (found.value.shipped?.manifest.elastic?.configurations[0]?.id ?? '') : '';
  const model = await findModel(MODEL, { configuration: id });
  const prepared = model.ok ? await prepareFile(model.value) : model;
  if (!prepared.ok) throw new Error(prepared.error.message);
  return { id, onnx: serializeModel(prepared.value.forms.deploy.model) };
}

const reportOf = (id: string, sha256: string): ComposeReport => ({
  model: MODEL,
  configurations: [{ id, milliseconds: { median: 4.2, mad: 0.2, n: 20 }, bytes: 1234, sha256 }],
});

describe('compose', () => {
  it('times in the page, and writes the same bytes from Node', async () => {
    const { id, onnx } = await smallest();
    const here = await folder();
    const answer = reportOf(id, createHash('sha256').update(onnx).digest('hex'));
    const argv = ['compose', '--model', MODEL, '--configuration', id, '--out', here.path('out')];
    const ran = await run(argv, { answer: ok(answer) });
    expect(ran, ran.err).toMatchObject({ code: 0 });
    expect(ran.requests[0]).toMatchObject({ verb: 'compose', argument: { model: MODEL, configuration: id } });
    expect(ran.out).toContain('at most 4.20 ms');
    expect(new Uint8Array(await readFile(here.path(`out/${id}.onnx`)))).toEqual(onnx);
  });
  it('fails where the browser composed something else', async () => {
    const { id } = await smallest();
    const here = await folder();
    const ran = await run(['compose', '--model', MODEL, '--out', here.path('out')], {
      answer: ok(reportOf(id, 'f'.repeat(64))),
    });
    expect(ran.code).toBe(1);
    expect(ran.err).toContain('different bytes');
  });
  it('needs a shipped model, and a configuration that it has', async () => {
    expect(await run(['compose'])).toMatchObject({ code: 2 });
    expect(await run(['compose', '--model', 'own.onnx'])).toMatchObject({ code: 2 });
    expect(await run(['compose', '--model', 'efficientnet-lite9'])).toMatchObject({ code: 1, requests: [] });
    const unknown = await run(['compose', '--model', MODEL, '--configuration', 'x']);
    expect(unknown.code).toBe(1);
    expect(unknown.err).toContain('has no configuration “x”. It has: ');
  });
});

describe('inspect and fuse', () => {
  it('take a configuration', async () => {
    const { id } = await smallest();
    const full = JSON.parse((await run(['inspect', '--model', MODEL, '--json', '-'])).out) as {
      flop: number;
    };
    const ran = await run(['inspect', '--model', MODEL, '--configuration', id, '--json', '-']);
    expect(ran.code).toBe(0);
    expect((JSON.parse(ran.out) as { flop: number }).flop).toBeLessThan(full.flop / 3);
    expect(ran.err).toContain(`${MODEL}, configuration ${id}: `);
  });
});
