import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { parseManifest } from '../core/manifest.ts';
import { must } from '../fixtures/workers.ts';
import { ModelCore } from './model.core.ts';

async function openDigits(): Promise<ModelCore> {
  const read = async (name: string) =>
    new Uint8Array(await readFile(new URL(`../../public/models/rep-digits/${name}`, import.meta.url)));
  const manifest = must(parseManifest(JSON.parse(new TextDecoder().decode(await read('manifest.json')))));
  const { elastic } = manifest;
  if (!elastic) throw new Error('rep-digits is elastic');
  const core = new ModelCore();
  const calibration = await read('calibration.bin');
  must(
    await core.open(await read('model.onnx'), {
      elastic: { elastic, calibration, configuration: elastic.default },
    }),
  );
  return core;
}

describe('deleting branches of the held model', () => {
  it('holds what is left, until it is composed anew', async () => {
    const core = await openDigits();
    const whole = must(await core.segment('deploy', 0, 9));
    const { blocks, deleted, description } = must(await core.deleteBranches('3x3_identity'));
    expect([blocks, deleted]).toEqual([7, { '1x1': 7, identity: 0 }]);
    expect(description.forms.deploy.operators).toEqual({
      Conv: 7,
      Relu: 7,
      GlobalAveragePool: 1,
      Flatten: 1,
      Gemm: 1,
    });
    const left = must(await core.segment('deploy', 0, 9));
    expect(left).toHaveLength(whole.length);
    expect(left).not.toEqual(whole);
    must(await core.compose('28-3333333'));
    expect(must(await core.segment('deploy', 0, 9))).toEqual(whole);
  });
  it('of mode none changes nothing', async () => {
    const core = await openDigits();
    const whole = must(await core.segment('deploy', 0, 9));
    expect(must(await core.deleteBranches('none')).deleted).toEqual({ '1x1': 0, identity: 0 });
    expect(must(await core.segment('deploy', 0, 9))).toEqual(whole);
  });
  it('needs a model', async () => {
    expect(await new ModelCore().deleteBranches('none')).toMatchObject({ ok: false });
  });
});
