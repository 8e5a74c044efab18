import { afterEach, describe, expect, it, vi } from 'vitest';
import { must } from '../fixtures/workers.ts';
import type { FrameSource } from '../platform/frame-source.ts';
import { openSource } from './live-sources.ts';
import { sizeOf } from '../runtime/picture.ts';

const open: FrameSource[] = [];
afterEach(() => {
  vi.restoreAllMocks();
  for (const source of open.splice(0)) source.stop();
});

async function opened(choice: Parameters<typeof openSource>[0]): Promise<FrameSource> {
  const source = must(await openSource(choice));
  open.push(source);
  return source;
}

/** A picture of one colour. */
async function png(width: number, height: number, colour: string): Promise<Blob> {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d');
  if (!context) throw new Error('no 2D canvas');
  context.fillStyle = colour;
  context.fillRect(0, 0, width, height);
  return canvas.convertToBlob();
}

async function centreOf(source: FrameSource): Promise<readonly number[]> {
  const bitmap = await source.capture();
  const context = new OffscreenCanvas(1, 1).getContext('2d');
  const { width, height } = sizeOf(bitmap);
  context?.drawImage(bitmap, width / 2, height / 2, 1, 1, 0, 0, 1, 1);
  bitmap.close();
  return [...(context?.getImageData(0, 0, 1, 1).data ?? [])];
}

type Files = Readonly<Record<string, () => Response>>;

/** The samples' folder; anything else is a 404. */
function serve(files: Files): readonly string[] {
  const asked: string[] = [];
  vi.spyOn(globalThis, 'fetch').mockImplementation((input) => {
    const name = (input instanceof Request ? input.url : input.toString()).replace('./samples/', '');
    asked.push(name);
    return Promise.resolve(files[name]?.() ?? new Response(null, { status: 404 }));
  });
  return asked;
}

describe('openSource', () => {
  it('opens a photo under its name and in its size', async () => {
    const file = new File([await png(40, 30, '#00f')], 'sea.png');
    const source = await opened({ kind: 'image', file });
    expect(source).toMatchObject({ kind: 'image', label: 'sea.png', ended: null });
    expect([source.element.width, source.element.height]).toEqual([40, 30]);
    expect(await centreOf(source)).toEqual([0, 0, 255, 255]);
  });
  it('refuses what is neither photo nor video, by its name', async () => {
    const file = new File(['junk'], 'junk.bin');
    for (const kind of ['image', 'video'] as const) {
      const error = { code: `${kind}-invalid`, name: 'junk.bin' };
      expect(await openSource({ kind, file })).toEqual({ ok: false, error });
    }
  });
  it('opens the digit pad: black, and announced again and again', async () => {
    const source = await opened({ kind: 'pad' });
    expect(source.kind).toBe('pad');
    expect(await centreOf(source)).toEqual([0, 0, 0, 255]);
    await new Promise<void>((resolve) => {
      let frames = 0;
      source.start(() => {
        frames += 1;
        if (frames === 3) resolve();
      });
    });
  });
});

describe('the sample clip', () => {
  it('is made of the listed photos, in their order', async () => {
    const [red, green] = [await png(64, 48, '#f00'), await png(48, 64, '#0f0')];
    const asked = serve({
      'samples.json': () => Response.json([{ file: 'a.jpg', title: 'A' }, { file: 'b.jpg' }]),
      'a.jpg': () => new Response(red),
      'b.jpg': () => new Response(green),
    });
    const source = await opened({ kind: 'clip' });
    expect(asked).toEqual(['samples.json', 'a.jpg', 'b.jpg']);
    expect(source).toMatchObject({ kind: 'clip', label: 'Sample clip' });
    expect([source.element.width, source.element.height]).toEqual([640, 480]);
    expect(await centreOf(source)).toEqual([255, 0, 0, 255]);
  });

  const fetchFailed = (status: number | null) => ({
    ok: false,
    error: { code: 'fetch-failed', what: 'The sample clip', status },
  });
  it.each([
    ['the list is missing', {}, fetchFailed(404)],
    ['the list is no list', { 'samples.json': () => Response.json({ file: 'a.jpg' }) }, fetchFailed(null)],
    ['the list is not JSON', { 'samples.json': () => new Response('<html>') }, fetchFailed(null)],
    [
      'a file is outside its folder',
      { 'samples.json': () => Response.json([{ file: '../models/a.jpg' }]) },
      fetchFailed(null),
    ],
    ['a photo is missing', { 'samples.json': () => Response.json([{ file: 'a.jpg' }]) }, fetchFailed(404)],
    [
      'a photo is none',
      { 'samples.json': () => Response.json([{ file: 'a.jpg' }]), 'a.jpg': () => new Response('junk') },
      { ok: false, error: { code: 'image-invalid' } },
    ],
  ] as const satisfies readonly (readonly [string, Files, object])[])(
    'says what failed where %s',
    async (_, files, expected) => {
      serve(files);
      expect(await openSource({ kind: 'clip' })).toMatchObject(expected);
    },
  );
});
