/** @file Reads a tar archive as a stream (POSIX ustar with GNU and pax long names), keeping one wanted file in memory at a time. */
import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';

export interface TarFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

const BLOCK = 512;
/** Far above any picture and any list of names. */
const LARGEST = 1 << 28;

const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes).split('\0', 1)[0] ?? '';

/** The files for whose names `wants` says so, in their order. Rejects with a reason where the archive is damaged or ends early. */
export async function* readTar(
  chunks: AsyncIterable<Uint8Array>,
  wants: (name: string) => boolean,
): AsyncGenerator<TarFile> {
  const take = reader(chunks);
  let longName: string | null = null;
  for (;;) {
    const header = await take(BLOCK, true);
    if (!header || header.every((byte) => byte === 0)) return;
    const size = sizeOf(header);
    const padded = Math.ceil(size / BLOCK) * BLOCK;
    const type = String.fromCharCode(header[156] ?? 0);
    const name = (longName ?? nameOf(header)).replace(/^[.]\//, '');
    longName = null;
    const isLongName = type === 'L' || type === 'x';
    const isFile = type === '0' || type === '\0';
    const isKept = isLongName || (isFile && wants(name));
    const content = await take(padded, isKept);
    if (!content || !isKept) continue;
    const bytes = content.subarray(0, size);
    if (type === 'L') longName = textOf(bytes);
    else if (type === 'x') longName = paxPath(textOf(bytes));
    else yield { name, bytes };
  }
}

/** Of a file, gzipped where its name says so. */
export async function* chunksOf(path: string): AsyncGenerator<Uint8Array> {
  const file = createReadStream(path, { highWaterMark: 1 << 18 });
  const stream = /[.](t?gz)$/i.test(path) ? file.pipe(createGunzip()) : file;
  // A failure of the file does not reach what it is piped into.
  file.once('error', (error) => stream.destroy(error));
  for await (const chunk of stream) yield chunk as Uint8Array;
}

/** Gives the next `count` bytes: null where the stream has ended, an empty array where they are not kept. */
function reader(
  chunks: AsyncIterable<Uint8Array>,
): (count: number, isKept: boolean) => Promise<Uint8Array | null> {
  const source = chunks[Symbol.asyncIterator]();
  let rest = new Uint8Array();
  return async (count, isKept) => {
    const kept = new Uint8Array(isKept ? count : 0);
    let done = 0;
    while (done < count) {
      if (rest.length === 0) {
        const next = await source.next();
        if (next.done === true) {
          if (done === 0) return null;
          throw new Error('the archive ends in the middle of a file');
        }
        rest = Uint8Array.from(next.value);
      }
      const part = rest.subarray(0, count - done);
      if (isKept) kept.set(part, done);
      rest = rest.subarray(part.length);
      done += part.length;
    }
    return kept;
  };
}

function sizeOf(header: Uint8Array): number {
  const sum = header.reduce((total, byte, i) => total + (i >= 148 && i < 156 ? 0x20 : byte), 0);
  const stated = parseInt(textOf(header.subarray(148, 156)), 8);
  const size = parseInt(textOf(header.subarray(124, 136)) || '0', 8);
  if (sum !== stated || !(size >= 0 && size <= LARGEST)) throw new Error('it is not a tar archive');
  return size;
}

function nameOf(header: Uint8Array): string {
  const [name, prefix] = [textOf(header.subarray(0, 100)), textOf(header.subarray(345, 500))];
  const isUstar = textOf(header.subarray(257, 262)) === 'ustar';
  return isUstar && prefix !== '' ? `${prefix}/${name}` : name;
}

/** The `path` of a pax header, `LENGTH key=value` a line; null where it has none. */
const paxPath = (text: string): string | null => /^\d+ path=(.*)$/m.exec(text)?.[1] ?? null;
