import { afterEach, describe, expect, it, vi } from 'vitest';
import { answerShared, hopKernel, sendShared, sharedBufferOf } from './hop.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

const RIGHT = { ok: true, value: null };
const SIZE_BYTES = 4096;

/** A hop over a channel whose other side does `echo` with what arrives. */
async function transferred(echo: (words: Uint32Array) => void, rounds = 3) {
  const { port1, port2 } = new MessageChannel();
  let arrived = 0;
  port2.onmessage = ({ data }: MessageEvent<ArrayBuffer>) => {
    arrived += 1;
    echo(new Uint32Array(data));
    port2.postMessage(data, [data]);
  };
  const hop = hopKernel({ kind: 'transfer', port: port1, sizeBytes: SIZE_BYTES });
  const batch = await hop.runBatch(rounds);
  const verdict = await hop.verify();
  hop.release();
  port2.close();
  return { batch, verdict, arrived };
}

describe('a transferred hop', () => {
  it('goes to and fro as often as asked, and every word comes back', async () => {
    const sizes: number[] = [];
    const { batch, verdict, arrived } = await transferred((words) => sizes.push(words.byteLength), 5);
    expect(batch).toMatchObject({ ok: true, value: { gpuSeconds: null } });
    expect(verdict).toEqual(RIGHT);
    expect(arrived).toBe(5);
    expect(sizes).toEqual([SIZE_BYTES, SIZE_BYTES, SIZE_BYTES, SIZE_BYTES, SIZE_BYTES]);
  });
  it.each([
    ['its last word changed', (words: Uint32Array) => (words[words.length - 1] = 0)],
    ['nothing in it', (words: Uint32Array) => words.fill(0)],
  ])('is found wrong where it came back with %s', async (_, echo) => {
    const { verdict } = await transferred(echo);
    expect(verdict).toMatchObject({ ok: false, error: { code: 'kernel-wrong', kernel: 'worker.hop' } });
  });
  it('counts half of a round trip', async () => {
    vi.spyOn(performance, 'now').mockReturnValueOnce(1000).mockReturnValueOnce(1500);
    expect((await transferred(() => undefined, 1)).batch).toEqual({
      ok: true,
      value: { seconds: 0.25, gpuSeconds: null },
    });
  });
});

/** The receiver works while the sender waits: two threads in one. */
const receiver = (buffer: SharedArrayBuffer, answers: boolean[] = []): boolean[] => {
  vi.spyOn(Atomics, 'wait').mockImplementation(() => {
    answers.push(answerShared(buffer, 1));
    return 'ok';
  });
  return answers;
};

describe('a shared hop', () => {
  it('fills every word with the round, and each round is answered', () => {
    const buffer = sharedBufferOf(SIZE_BYTES);
    const answers = receiver(buffer);
    expect(sendShared(buffer, 3)).toBe(true);
    expect(answers).toEqual([true, true, true]);
    expect([...new Int32Array(buffer, 0, 2)]).toEqual([3, 3]);
    // Behind the header, a cache line.
    expect([...new Set(new Uint32Array(buffer, 64))]).toEqual([3]);
    expect(buffer.byteLength).toBe(64 + SIZE_BYTES);
  });
  it('goes on counting from batch to batch', async () => {
    const buffer = sharedBufferOf(SIZE_BYTES);
    const answers = receiver(buffer);
    const hop = hopKernel({ kind: 'shared', buffer });
    for (const rounds of [1, 4]) expect(await hop.runBatch(rounds)).toMatchObject({ ok: true });
    expect(await hop.verify()).toEqual(RIGHT);
    expect(answers).toEqual([true, true, true, true, true]);
  });
  it.each([0, 512, SIZE_BYTES / 4 - 1])('is found wrong by the receiver where word %i is', (at) => {
    const buffer = sharedBufferOf(SIZE_BYTES);
    new Uint32Array(buffer, 64).fill(1)[at] = 0;
    new Int32Array(buffer)[0] = 1;
    expect(answerShared(buffer, 1)).toBe(false);
    // The sender is not left waiting.
    expect(new Int32Array(buffer)[1]).toBe(1);
  });
  it('fails, and stays failed, where no answer comes', async () => {
    const buffer = sharedBufferOf(64);
    const wait = vi.spyOn(Atomics, 'wait').mockReturnValue('timed-out');
    const hop = hopKernel({ kind: 'shared', buffer });
    const noAnswer = { ok: false, error: { code: 'worker-failed', worker: 'bench' } };
    expect(await hop.runBatch(5)).toMatchObject(noAnswer);
    expect(await hop.runBatch(5)).toMatchObject(noAnswer);
    expect(await hop.verify()).toMatchObject(noAnswer);
    expect(wait).toHaveBeenCalledTimes(1);
  });
  it('gives up where no round comes', () => {
    vi.spyOn(Atomics, 'wait').mockReturnValue('timed-out');
    expect(answerShared(sharedBufferOf(64), 2)).toBe(false);
  });
});
