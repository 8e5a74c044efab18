/** @file `ridgepoint codesign`: what it asks of the page, and how it tells the front that comes back. */
import { describe, expect, it } from 'vitest';
import type { Design } from '../../src/core/codesign/design.ts';
import { err, ok } from '../../src/core/result.ts';
import { designOf } from '../../src/fixtures/designs.ts';
import { corruptModelBytes } from '../../src/fixtures/models.ts';
import type { DesignSpace } from '../../src/playground/codesign/design-space.ts';
import { folder, run } from '../testing/run.ts';

/** Ran, and did otherwise than predicted. */
const ACCURATE: Design = designOf('48-3333', {
  accuracy: 0.57123,
  throughputFps: 20,
  latencySeconds: 0.05,
  processors: 2,
  measured: { throughputFps: 13.06, latencySeconds: 0.08, n: 120, errors: { throughput: 0, latency: 0 } },
});
const FAST: Design = designOf('32-11', { accuracy: 0.31, throughputFps: 1234, latencySeconds: 8.1e-4 });
/** Worse than both. */
const BEATEN: Design = designOf('64-3311', { accuracy: 0.3, throughputFps: 7, latencySeconds: 0.2 });

const SPACE: DesignSpace = {
  name: 'Rep-Tiny',
  accuracy: { dataset: 'Tiny-ImageNet', split: 'validation', n: 5000, source: 'training/measure.py' },
  configurations: [ACCURATE, BEATEN, FAST].map(({ model, configuration: id, accuracy: top1 }) => ({
    ...{ model, id, top1, top5: 0.9 },
    ...{ side: 48, kinds: [], multiplyAdds: 1e6, parameters: 1e4 },
  })),
  processors: ['webgpu', 'wasm:2'],
  considered: 204,
  designs: [FAST, BEATEN, ACCURATE],
  front: [ACCURATE.id, FAST.id],
  firstFrontSeconds: 6.2,
  verified: 1,
};
const answer = ok(SPACE);

describe('codesign', () => {
  it('tells the front, most accurate first: measured where it ran, predicted where it did not', async () => {
    const { out, err: remarks, code } = await run(['codesign'], { answer });
    expect([code, remarks]).toEqual([0, '']);
    expect(out.split('\n')).toEqual([
      'Rep-Tiny on webgpu, wasm:2: 204 designs of 3 configurations priced, the first front after 6.20 s.',
      'Top-1 on 5000 images of Tiny-ImageNet (validation), from training/measure.py. ' +
        'No other design is better in all of accuracy, throughput and latency than one of these 2:',
      '',
      '    top-1  frames/s    ms          n  configuration  plan',
      '  57.12 %      13.1  80.0        120  48-3333        wasm:1[0–0] → wasm:1[1–1]',
      '  31.00 %     1,234  0.81  predicted  32-11          wasm:1[0–0]',
      '',
    ]);
  });

  it('writes as JSON all that the page found, beaten designs too', async () => {
    const here = await folder();
    expect(await run(['codesign', '--json', here.path('out.json')], { answer })).toMatchObject({ code: 0 });
    expect(await here.json('out.json')).toEqual(SPACE);
  });

  it.each([
    [[], { model: 'rep-tiny', predictOnly: false }],
    [['--predict-only'], { model: 'rep-tiny', predictOnly: true }],
    [['--model', 'rep-digits'], { model: 'rep-digits', predictOnly: false }],
  ])('%j asks for %j, and for a GPU', async (options, argument) => {
    const { requests } = await run(['codesign', ...options], { answer });
    expect(requests).toEqual([{ verb: 'codesign', argument, files: new Map(), webgpu: true }]);
  });

  it('shows the page a model of one’s own', async () => {
    const here = await folder();
    const model = await here.write('net.onnx', corruptModelBytes());
    const { requests } = await run(['codesign', '--model', model], { answer });
    expect(requests[0]?.argument).toMatchObject({ modelUrl: './cli/model/net.onnx', dimensions: {} });
    expect(requests[0]?.files).toEqual(new Map([['/cli/model/net.onnx', model]]));
  });

  it('finds out before it measures that there is no such model', async () => {
    const ran = await run(['codesign', '--model', 'rep-large', '--json', '-']);
    expect(ran).toMatchObject({ code: 1, requests: [] });
    expect(JSON.parse(ran.out)).toMatchObject({ error: { code: 'model-unknown' } });
  });

  it('tells why the page could not', async () => {
    const message = 'Tiny has one configuration.';
    const none = err({ code: 'configuration-unknown', message } as const);
    expect(await run(['codesign'], { answer: none })).toMatchObject({
      code: 1,
      out: '',
      err: `${message}\n`,
    });
  });

  it.each([
    [['net.onnx'], 'takes no files, but got net.onnx; a model is named by --model'],
    [['--configuration', '48-3333'], "Unknown option '--configuration'"],
    [['--processors', 'wasm:1'], "Unknown option '--processors'"],
  ])('refuses %j', async (options, reason) => {
    const ran = await run(['codesign', ...options]);
    expect(ran).toMatchObject({ code: 2, out: '', requests: [] });
    expect(ran.err).toContain(reason);
  });
});
