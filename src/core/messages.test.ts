import { describe, expect, it } from 'vitest';
import { detailOf, type AppError } from './errors.ts';
import { messageOf } from './messages.ts';

/** One or more of every code; the type makes a new code fail to compile until it is here. */
const SAMPLES: { readonly [Code in AppError['code']]: readonly Extract<AppError, { code: Code }>[] } = {
  'webgpu-unavailable': (['no-api', 'null-adapter', 'device-refused'] as const).map((reason) => ({
    code: 'webgpu-unavailable',
    reason,
  })),
  'device-lost': [{ code: 'device-lost', detail: 'DETAIL' }],
  'camera-unavailable': (['denied', 'absent', 'busy', 'unsupported', 'lost'] as const).map((reason) => ({
    code: 'camera-unavailable',
    reason,
  })),
  'fetch-failed': [
    { code: 'fetch-failed', what: 'DETAIL', status: 404 },
    { code: 'fetch-failed', what: 'DETAIL', status: null },
  ],
  'manifest-invalid': [{ code: 'manifest-invalid', detail: 'DETAIL' }],
  'model-missing': [{ code: 'model-missing' }],
  'configuration-unknown': [
    { code: 'configuration-unknown', model: 'rep-tiny', id: '64-3' },
    { code: 'configuration-unknown', model: 'net.onnx', id: null },
  ],
  'design-unknown': [{ code: 'design-unknown', id: 'rep-tiny 64-3 wasm:1[0–3]' }],
  'model-invalid': [{ code: 'model-invalid', detail: 'DETAIL' }],
  'labels-invalid': [{ code: 'labels-invalid', detail: 'DETAIL' }],
  'model-open': [{ code: 'model-open', dimensions: [{ name: 'DETAIL', input: 'x', axis: 2, size: null }] }],
  'model-unsupported': [{ code: 'model-unsupported', node: 'NODE', detail: 'DETAIL' }],
  'video-invalid': [{ code: 'video-invalid', name: 'NAME' }],
  unexpected: [{ code: 'unexpected', detail: 'DETAIL' }],
  'image-invalid': [{ code: 'image-invalid', name: 'DETAIL' }],
  'profile-invalid': [{ code: 'profile-invalid', detail: 'DETAIL' }],
  'profile-missing': [{ code: 'profile-missing' }],
  'plan-missing': [{ code: 'plan-missing' }],
  'processor-invalid': [{ code: 'processor-invalid', id: 'DETAIL' }],
  'objective-invalid': [{ code: 'objective-invalid', name: 'DETAIL' }],
  'dataset-unknown': [{ code: 'dataset-unknown', name: 'DETAIL' }],
  'engine-invalid': [{ code: 'engine-invalid', name: 'DETAIL' }],
  'kernel-wrong': [{ code: 'kernel-wrong', kernel: 'KERNEL', detail: 'DETAIL' }],
  'gpu-wrong': [
    { code: 'gpu-wrong', difference: 0.12 },
    { code: 'gpu-wrong', difference: Infinity },
  ],
  'engine-fell-back': [{ code: 'engine-fell-back', processor: 'wasm:1', detail: 'DETAIL' }],
  'engine-failed': [{ code: 'engine-failed', processor: 'wasm:1', detail: 'DETAIL' }],
  'worker-failed': [{ code: 'worker-failed', worker: 'stage', detail: 'DETAIL' }],
  busy: [{ code: 'busy', doing: 'DETAIL' }],
  cancelled: [{ code: 'cancelled' }],
};
const ALL: readonly AppError[] = Object.values(SAMPLES).flat();

describe('messageOf', () => {
  it.each(ALL.map((error) => [JSON.stringify(error), error] as const))('%s', (_, error) => {
    const { what, remedy } = messageOf(error);
    expect(what).toMatch(/^\S.*\.$/);
    expect(remedy).toMatch(/^\S.*\.$/);
    expect(`${what} ${remedy}`).not.toMatch(/undefined|null|\[object/);
    if (JSON.stringify(error).includes('DETAIL')) expect(what).toContain('DETAIL');
  });

  it('tells each of them apart', () => {
    expect(new Set(ALL.map((error) => messageOf(error).what)).size).toBe(ALL.length);
  });

  it('names the HTTP status where there is one', () => {
    const [found, unreachable] = SAMPLES['fetch-failed'];
    expect(found && messageOf(found).what).toContain('404');
    expect(unreachable && messageOf(unreachable).what).not.toContain('HTTP');
  });
});

describe('detailOf', () => {
  it.each([
    [new RangeError('too far'), 'too far'],
    ['text', 'text'],
    [undefined, 'undefined'],
    [7, '7'],
  ])('%s', (thrown, detail) => {
    expect(detailOf(thrown)).toBe(detail);
  });
});
