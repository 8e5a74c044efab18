import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { corruptModelBytes, repNetBytes } from '../../src/fixtures/models.ts';
import { operatorCounts } from '../../src/core/graph/model.ts';
import { parseModel } from '../../src/core/onnx/parse.ts';
import { ok } from '../../src/core/result.ts';
import type { FuseReport } from '../../src/playground/console-api.ts';
import { folder, run } from '../testing/run.ts';

/** Of the four blocks of `repNet`: see its comment. */
const FUSED = { Conv: 4, Relu: 4, GlobalAveragePool: 1, Flatten: 1, Gemm: 1 };

describe('fuse', () => {
  it('writes the fused model and counts what it merged, without a browser', async () => {
    const here = await folder();
    const input = await here.write('in.onnx', repNetBytes());
    const ran = await run(['fuse', input, here.path('out.onnx'), '--json', here.path('out.json')]);
    expect(ran).toMatchObject({ code: 0, requests: [] });
    const report = (await here.json('out.json')) as FuseReport;
    expect(report.after).toEqual({ operators: FUSED, nodes: 11 });
    expect(report.before.operators).toMatchObject({ Conv: 8, BatchNormalization: 10, Add: 6 });
    expect(report.merged).toBe(report.before.nodes - 11);
    expect(report).toMatchObject({ kept: [], maxAbsDifference: null, maxRelDifference: null });
    const written = parseModel(new Uint8Array(await readFile(here.path('out.onnx'))));
    expect(written.ok && operatorCounts(written.value.graph)).toEqual(FUSED);
    expect(ran.out).toContain('not compared');
  });
  it('asks the page for the difference with --check, and shows it', async () => {
    const here = await folder();
    const input = await here.write('own net.onnx', repNetBytes());
    const difference = { maxAbsDifference: 2e-6, maxRelDifference: 3e-7 };
    const seconds = { multiBranch: 0.02, deploy: 0.01, n: 15 };
    const answer = {
      before: { operators: { Conv: 8 }, nodes: 8 },
      after: { operators: { Conv: 4 }, nodes: 4 },
      merged: 4,
      kept: [{ node: 'add', reason: 'it must stay' }],
      ...difference,
      equivalence: { ...difference, n: 4, processor: 'wasm:1', seconds },
      workerSeconds: [0.2, 0.1, 0.3],
    } satisfies FuseReport;
    const ran = await run(['fuse', input, '--check', '--json', '-'], { answer: ok(answer) });
    expect(ran.code).toBe(0);
    expect(JSON.parse(ran.out)).toEqual(answer);
    expect(ran.err).toContain('3.0e-7 relative (4 random inputs, wasm:1)');
    expect(ran.err).toContain('2.00 × as fast');
    expect(ran.err).toContain('takes 200 ms in the page’s worker (median of 3');
    expect(ran.err).toContain('kept 1: it must stay (add)');
    const [request] = ran.requests;
    expect(request?.argument).toEqual({ modelUrl: './cli/model/own_net.onnx', dimensions: {} });
    expect(request?.files).toEqual(new Map([['/cli/model/own_net.onnx', input]]));
  });
  it('refuses what is no model, and what is not there, in one line', async () => {
    const here = await folder();
    const broken = await here.write('broken.onnx', corruptModelBytes());
    for (const [file, code] of [
      [broken, 'model-invalid'],
      [here.path('none.onnx'), 'file-unreadable'],
      [here.path('.'), 'file-unreadable'],
      ['no-such-model', 'model-unknown'],
    ] as const) {
      const ran = await run(['fuse', file, '--json', '-']);
      expect(ran.code).toBe(1);
      expect(JSON.parse(ran.out)).toMatchObject({ error: { code } });
      expect(ran.err).toMatch(/^[^\n]+\n$/);
      expect(ran.err).toContain(file);
    }
  });
});
