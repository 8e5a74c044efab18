import { inflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { greyPng, strokesPng } from './png.ts';

/** The chunks of a PNG: type, data, check as stored. */
function chunksOf(png: Buffer): readonly (readonly [type: string, data: Buffer, check: number])[] {
  const chunks: (readonly [string, Buffer, number])[] = [];
  for (let at = 8; at < png.length;) {
    const length = png.readUInt32BE(at);
    const data = png.subarray(at + 8, at + 8 + length);
    chunks.push([png.toString('latin1', at + 4, at + 8), data, png.readUInt32BE(at + 8 + length)]);
    at += 12 + length;
  }
  return chunks;
}

describe('greyPng', () => {
  const png = greyPng(3, 2, (x, y) => 10 * x + y);
  it('has the three chunks, and the check that every PNG ends with', () => {
    const chunks = chunksOf(png);
    expect(chunks.map(([type]) => type)).toEqual(['IHDR', 'IDAT', 'IEND']);
    expect(chunks[0]?.[1]).toEqual(Buffer.from([0, 0, 0, 3, 0, 0, 0, 2, 8, 0, 0, 0, 0]));
    expect(chunks[2]?.[2]).toBe(0xae426082);
  });
  it('holds every pixel, row by row behind a filter byte', () => {
    const data = chunksOf(png)[1]?.[1] ?? Buffer.alloc(0);
    expect([...inflateSync(data)]).toEqual([0, 0, 10, 20, 0, 1, 11, 21]);
  });
});

describe('strokesPng', () => {
  it('is white along the stroke and black elsewhere', () => {
    const data =
      chunksOf(
        strokesPng([
          [
            [140, 50],
            [140, 230],
          ],
        ]),
      )[1]?.[1] ?? Buffer.alloc(0);
    const rows = inflateSync(data);
    const at = (x: number, y: number): number | undefined => rows[y * 281 + x + 1];
    expect([at(140, 140), at(151, 140), at(140, 39)]).toEqual([255, 255, 255]);
    expect([at(152, 140), at(140, 38), at(0, 0)]).toEqual([0, 0, 0]);
  });
});
