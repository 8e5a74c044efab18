/** @file A PNG made by code, for tests that need a picture file and have no browser to draw it: 8-bit grey, nothing else. */
import { deflateSync } from 'node:zlib';

/** CRC-32 as PNG wants it (ISO 3309), bit by bit: the pictures are small. */
function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
}

/** Length, type, data, check. */
function chunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
}

/** `valueAt(x, y)` in 0…255 for each pixel, from the upper left corner. */
export function greyPng(width: number, height: number, valueAt: (x: number, y: number) => number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = 8; // bits a sample; the rest is 0: grey, deflate, no interlace
  // Each row begins with its filter: 0, none.
  const rows = Buffer.alloc(height * (width + 1));
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) rows[y * (width + 1) + x + 1] = valueAt(x, y);
  }
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

type Point = readonly [x: number, y: number];

/** Distance of a point from the line between two others. */
function distance([x, y]: Point, [ax, ay]: Point, [bx, by]: Point): number {
  const [dx, dy] = [bx - ax, by - ay];
  const along = Math.max(0, Math.min(1, ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy)));
  return Math.hypot(x - ax - along * dx, y - ay - along * dy);
}

/** Strokes as a pen on the digit pad leaves them: white on black, round, 22 of 280 pixels wide. */
export function strokesPng(strokes: readonly (readonly [Point, ...Point[]])[]): Buffer {
  const segments = strokes.flatMap((points) =>
    points.slice(1).map((point, i) => [points[i] ?? point, point] as const),
  );
  return greyPng(280, 280, (x, y) =>
    segments.some(([from, to]) => distance([x, y], from, to) <= 11) ? 255 : 0,
  );
}
