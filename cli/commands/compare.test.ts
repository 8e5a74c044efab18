import { describe, expect, it } from 'vitest';
import { DEVICE, profileOf } from '../../src/fixtures/profile.ts';
import { ok } from '../../src/core/result.ts';
import { folder, run } from '../testing/run.ts';

const OTHER = profileOf({ 'wasm:1.copy': 10, 'webgpu.upload.latency': 5e-5 }, 'Phone');

describe('compare', () => {
  it('gives the ratios of two files without a browser', async () => {
    const here = await folder();
    const base = await here.write('base.json', JSON.stringify(DEVICE));
    const other = await here.write('other.json', JSON.stringify(OTHER));
    for (const argv of [
      ['compare', base, other],
      ['compare', '--profile', base, other],
    ]) {
      const ran = await run([...argv, '--json', here.path('out.json')]);
      expect(ran).toMatchObject({ code: 0, requests: [] });
      const report = (await here.json('out.json')) as { metrics: readonly { id: string }[] };
      expect(report).toMatchObject({ base: { name: 'Test device' }, other: { name: 'Phone' } });
      expect(report.metrics.find(({ id }) => id === 'wasm:1.copy')).toMatchObject({
        base: 5,
        other: 10,
        ratio: 2,
      });
      // 1e-4 s against 5e-5 s: half the latency is twice as good.
      expect(ran.out).toMatch(/webgpu\.upload\.latency +100 +50\.0 +µs +2\.00 ×/);
    }
  });
  it('measures this device as the base of one file', async () => {
    const here = await folder();
    const other = await here.write('other.json', JSON.stringify(OTHER));
    const ran = await run(['compare', other, '--json', '-'], { answer: ok(DEVICE) });
    expect(ran.requests).toEqual([{ verb: 'roofline', argument: {}, files: new Map(), webgpu: true }]);
    expect(JSON.parse(ran.out)).toMatchObject({ base: { name: 'Test device' }, other: { name: 'Phone' } });
  });
  it('says which file is no profile, before it measures', async () => {
    const here = await folder();
    const wrong = await here.write('wrong.json', '{"format": "other"}');
    const ran = await run(['compare', wrong, '--json', '-'], { answer: ok(DEVICE) });
    expect(ran).toMatchObject({ code: 1, requests: [] });
    expect(JSON.parse(ran.out)).toMatchObject({ error: { code: 'profile-invalid' } });
    expect(ran.err).toContain(wrong);
  });
});
