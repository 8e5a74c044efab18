import { describe, expect, it } from 'vitest';
import { makeClip, toI420, windowOffset, type RgbaPicture } from './clip.ts';

function plain(width: number, height: number, colour: readonly [number, number, number]): RgbaPicture {
  const data = new Uint8Array(width * height * 4);
  for (let i = 0; i < width * height; i += 1) data.set([...colour, 255], i * 4);
  return { width, height, data };
}

const shape = { width: 4, height: 2, frames: 8, fps: 30 };

describe('toI420', () => {
  // BT.601 studio range, the table of ITU-R BT.601 rounded to 8 bits.
  it.each([
    ['white', [255, 255, 255], [235, 128, 128]],
    ['black', [0, 0, 0], [16, 128, 128]],
    ['red', [255, 0, 0], [82, 90, 240]],
    ['green', [0, 255, 0], [145, 54, 34]],
    ['blue', [0, 0, 255], [41, 240, 110]],
  ] as const)('%s', (_name, colour, [y, u, v]) => {
    const frame = toI420(plain(4, 2, colour), shape, { x: 0, y: 0 });
    expect([...frame]).toEqual([...Array<number>(8).fill(y), u, u, v, v]);
  });

  it('reads inside the window', () => {
    const picture = plain(6, 4, [0, 0, 0]);
    picture.data.set([255, 255, 255], (2 * 6 + 2) * 4);
    const frame = toI420(picture, shape, { x: 2, y: 2 });
    expect([...frame.subarray(0, 8)]).toEqual([235, 16, 16, 16, 16, 16, 16, 16]);
  });
});

describe('windowOffset', () => {
  it('stays inside the picture, on even pixels, and moves', () => {
    const picture = plain(15, 11, [0, 0, 0]);
    const offsets = Array.from({ length: 8 }, (_, frame) => windowOffset(picture, shape, frame));
    for (const { x, y } of offsets) {
      expect(x).toBeGreaterThanOrEqual(0);
      expect(x + shape.width).toBeLessThanOrEqual(15);
      expect(y).toBeGreaterThanOrEqual(0);
      expect(y + shape.height).toBeLessThanOrEqual(11);
    }
    expect(new Set(offsets.map(({ x, y }) => `${x},${y}`)).size).toBeGreaterThan(4);
  });
});

describe('makeClip', () => {
  it('writes a header and every frame', () => {
    const bytes = makeClip(plain(6, 4, [0, 0, 0]), shape);
    const header = 'YUV4MPEG2 W4 H2 F30:1 Ip A1:1 C420\n';
    expect(Buffer.from(bytes).toString('latin1').startsWith(`${header}FRAME\n`)).toBe(true);
    expect(bytes).toHaveLength(header.length + shape.frames * ('FRAME\n'.length + 12));
  });

  it('refuses a picture that is too small', () => {
    expect(() => makeClip(plain(2, 2, [0, 0, 0]), shape)).toThrow(RangeError);
  });
});
