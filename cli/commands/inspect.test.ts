import { describe, expect, it } from 'vitest';
import { repNetBytes } from '../../src/fixtures/models.ts';
import { folder, run } from '../testing/run.ts';

describe('inspect', () => {
  it('counts operators, work and cuts of the model as it was trained', async () => {
    const here = await folder();
    const file = await here.write('net.onnx', repNetBytes());
    const ran = await run(['inspect', file, '--json', here.path('out.json')]);
    expect(ran).toMatchObject({ code: 0, requests: [] });
    const report = (await here.json('out.json')) as Record<string, unknown>;
    expect(report['operators']).toMatchObject({ Conv: 8, BatchNormalization: 10, Gemm: 1 });
    // Blocks 1–4, pooling, flatten, Gemm: inside a block several tensors cross.
    expect(report['units']).toBe(7);
    const cuts = report['cuts'] as readonly { readonly tensors: readonly string[] }[];
    expect(cuts.filter(({ tensors }) => tensors.length === 1)).toEqual([
      // Bytes of fp32 tensors [1, 8, 16, 16] twice, then [1, 16, 8, 8] twice, then 16 channels twice.
      { id: 'after:block0', tensors: ['block0'], bytes: 8192 },
      { id: 'after:block1', tensors: ['block1'], bytes: 8192 },
      { id: 'after:block2', tensors: ['block2'], bytes: 4096 },
      { id: 'after:block3', tensors: ['block3'], bytes: 4096 },
      { id: 'after:pooled', tensors: ['pooled'], bytes: 64 },
      { id: 'after:features', tensors: ['features'], bytes: 64 },
    ]);
    expect(report['warnings']).toEqual([]);
    // Convolutions of the two dense branches of block 0 alone: 2 · 8·16² · 3 · (9 + 1).
    expect(report['flop']).toBeGreaterThan(2 * 8 * 256 * 3 * 10);
    expect(ran.out).toContain(`7 units, ${cuts.length} cuts of 64.0 B`);
    expect(ran.out).toContain('6 of them of one tensor');
  });
  it('knows the shipped models by id and says what it did not count', async () => {
    const ran = await run(['inspect', '--model', 'efficientnet-lite0', '--json', '-']);
    expect(ran.code).toBe(0);
    const report = JSON.parse(ran.out) as { operators: Record<string, number>; warnings: readonly string[] };
    expect(report.operators).toMatchObject({ Conv: 49, BatchNormalization: 49 });
    expect(report.warnings).toEqual([expect.stringContaining('only make constants')]);
  });
});
