import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Manifest } from '../core/manifest.ts';
import { TINY_LABELS, TINY_MANIFEST } from '../fixtures/loaded-model.ts';
import { repNetBytes } from '../fixtures/models.ts';
import { closeAll, must, openModelWorker } from '../fixtures/workers.ts';
import { fetchModel, openModel, type LoadOptions } from './load-model.ts';

const bytes = repNetBytes();
let manifest: Manifest;
beforeAll(async () => {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  const sha256 = Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
  manifest = { ...TINY_MANIFEST, bytes: bytes.length, sha256 };
});
afterEach(() => {
  vi.restoreAllMocks();
  closeAll();
});

type Files = Readonly<Record<string, () => Response>>;

/** Serves the tiny model's three files, each replaced by what `files` has for it; anything else is a 404. */
function serve(files: Files = {}): void {
  const good: Files = {
    'manifest.json': () => Response.json(manifest),
    'labels.json': () => Response.json(TINY_LABELS),
    'model.onnx': () => new Response(bytes.slice()),
  };
  vi.spyOn(globalThis, 'fetch').mockImplementation((input, init) => {
    if (init?.signal?.aborted === true) return Promise.reject(new DOMException('aborted', 'AbortError'));
    const url = input instanceof Request ? input.url : input.toString();
    const name = /\/models\/tiny\/(.*)$/.exec(url)?.[1] ?? '';
    const response = files[name] ?? good[name];
    return Promise.resolve(response ? response() : new Response(null, { status: 404 }));
  });
}

const options = (signal = new AbortController().signal): LoadOptions => ({
  signal,
  onProgress: () => undefined,
});

describe('fetchModel', () => {
  it('gives manifest, labels and bytes, and says how far it is', async () => {
    serve();
    const progress: (number | null)[] = [];
    const files = must(
      await fetchModel('tiny', { ...options(), onProgress: (_, share) => progress.push(share) }),
    );
    expect(files.bytes).toEqual(bytes);
    expect(files.labels).toEqual(TINY_LABELS);
    expect(progress[0]).toBeNull();
    expect(progress.at(-1)).toBe(1);
  });

  it.each<[string, Files, object]>([
    [
      'a model that is not there',
      { 'manifest.json': () => new Response(null, { status: 404 }) },
      { code: 'fetch-failed', status: 404 },
    ],
    [
      'a page instead of a manifest',
      { 'manifest.json': () => new Response('<!doctype html>') },
      { code: 'fetch-failed', status: null },
    ],
    [
      'a manifest of another format',
      { 'manifest.json': () => Response.json({}) },
      { code: 'manifest-invalid' },
    ],
    [
      'labels for another model',
      { 'labels.json': () => Response.json(TINY_LABELS.slice(1)) },
      { code: 'manifest-invalid' },
    ],
    [
      'weights that the server has lost',
      { 'model.onnx': () => new Response(null, { status: 500 }) },
      { code: 'fetch-failed', status: 500 },
    ],
    [
      'a download that ended early',
      { 'model.onnx': () => new Response(bytes.slice(0, 999)) },
      { code: 'model-invalid', detail: 'the file does not match its checksum' },
    ],
    [
      'a connection that broke',
      {
        'model.onnx': () =>
          new Response(new ReadableStream({ start: (c) => c.error(new TypeError('network')) })),
      },
      { code: 'fetch-failed', status: null },
    ],
  ])('says what is wrong with %s', async (_, files, error) => {
    serve(files);
    expect(await fetchModel('tiny', options())).toMatchObject({ ok: false, error });
  });

  it('ends as cancelled, at any file', async () => {
    serve();
    expect(await fetchModel('tiny', options(AbortSignal.abort()))).toEqual({
      ok: false,
      error: { code: 'cancelled' },
    });
    const controller = new AbortController();
    serve({
      'labels.json': () => {
        controller.abort();
        return Response.json(TINY_LABELS);
      },
    });
    expect(await fetchModel('tiny', options(controller.signal))).toEqual({
      ok: false,
      error: { code: 'cancelled' },
    });
  });
});

describe('openModel', () => {
  const files = () => ({ published: manifest, labels: TINY_LABELS, bytes, elastic: null });

  it('refuses a file whose input is not what its manifest says', async () => {
    const wrong: Manifest = { ...manifest, input: { ...manifest.input, shape: [1, 3, 64, 64] } };
    expect(await openModel({ ...files(), manifest: wrong }, openModelWorker(), options())).toMatchObject({
      ok: false,
      error: { code: 'manifest-invalid', detail: 'input.shape is [1,3,64,64], the model has [1,3,32,32]' },
    });
  });

  it('refuses a file with another number of classes', async () => {
    const wrong: Manifest = { ...manifest, output: { ...manifest.output, classes: 7 } };
    expect(
      await openModel(
        { ...files(), manifest: wrong, labels: TINY_LABELS.slice(3) },
        openModelWorker(),
        options(),
      ),
    ).toMatchObject({
      ok: false,
      error: { code: 'manifest-invalid' },
    });
  });
});
