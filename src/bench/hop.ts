/**
 * @file A message from worker to worker, and its answer; one iteration is half a round trip. `transfer`: a buffer goes to
 * and fro over a MessagePort, given away each time. `shared`: the sender writes every word of a shared buffer and announces
 * the round by Atomics, the receiver reads every word and answers; two Int32 in front of the words count rounds sent and
 * answered. The shared way blocks, so it runs in workers only.
 */
import { err, ok, type Result } from '../core/result.ts';
import { timed, type PreparedKernel } from './kernel.ts';
import { fillPseudoRandom, verifyPseudoRandom } from './pseudo-random.ts';

const HEADER_BYTES = 64;
/** One side gone must not hang the other. */
const PATIENCE_MS = 5_000;

/** How a buffer gets to the other side. */
export type HopRequest =
  | { readonly kind: 'transfer'; readonly port: MessagePort; readonly sizeBytes: number }
  | { readonly kind: 'shared'; readonly buffer: SharedArrayBuffer };

const noAnswer: Result<never> = err({
  code: 'worker-failed',
  worker: 'bench',
  detail: 'no answer from the other worker',
});

/** The sender's side, as a kernel whose iteration is half a round trip. */
export function hopKernel(request: HopRequest): PreparedKernel<null> {
  return request.kind === 'transfer'
    ? transferHop(request.port, request.sizeBytes)
    : sharedHop(request.buffer);
}

function transferHop(port: MessagePort, sizeBytes: number): PreparedKernel<null> {
  let words = new Uint32Array(sizeBytes / 4);
  fillPseudoRandom(words);
  return {
    params: null,
    runBatch: async (iterations) => {
      const seconds = await timed(async () => {
        for (let i = 0; i < iterations; i++) words = new Uint32Array(await roundTrip(port, words.buffer));
      });
      return ok({ seconds: seconds / 2, gpuSeconds: null });
    },
    verify: () => Promise.resolve(verifyPseudoRandom('worker.hop', words)),
    release: () => port.close(),
  };
}

function roundTrip(port: MessagePort, buffer: ArrayBuffer): Promise<ArrayBuffer> {
  return new Promise((resolve) => {
    port.onmessage = (event: MessageEvent<ArrayBuffer>) => resolve(event.data);
    port.postMessage(buffer, [buffer]);
  });
}

function sharedHop(buffer: SharedArrayBuffer): PreparedKernel<null> {
  let isAnswered = true;
  return {
    params: null,
    runBatch: async (iterations) => {
      const seconds = await timed(() => {
        isAnswered &&= sendShared(buffer, iterations);
      });
      return isAnswered ? ok({ seconds: seconds / 2, gpuSeconds: null }) : noAnswer;
    },
    // The receiver checks every word of every round and falls silent at a wrong one.
    verify: () => Promise.resolve(isAnswered ? ok(null) : noAnswer),
    release: () => undefined,
  };
}

export const sharedBufferOf = (bytes: number): SharedArrayBuffer =>
  new SharedArrayBuffer(HEADER_BYTES + bytes);

/** Waits until `cell` differs from `seen`; false if it does not in time. */
function changed(cells: Int32Array, at: number, seen: number): boolean {
  while (Atomics.load(cells, at) === seen) {
    if (Atomics.wait(cells, at, seen, PATIENCE_MS) === 'timed-out') return false;
  }
  return true;
}

/** Sends `rounds` rounds: the buffer is filled with the round's number, and each is awaited. False if one was not answered. */
export function sendShared(buffer: SharedArrayBuffer, rounds: number): boolean {
  const cells = new Int32Array(buffer, 0, 2);
  const words = new Uint32Array(buffer, HEADER_BYTES);
  for (let round = 0; round < rounds; round++) {
    const answered = Atomics.load(cells, 1);
    words.fill(answered + 1);
    Atomics.add(cells, 0, 1);
    Atomics.notify(cells, 0);
    if (!changed(cells, 1, answered)) return false;
  }
  return true;
}

/** Answers `rounds` rounds. False if one did not come, or a word of it was wrong. */
export function answerShared(buffer: SharedArrayBuffer, rounds: number): boolean {
  const cells = new Int32Array(buffer, 0, 2);
  const words = new Uint32Array(buffer, HEADER_BYTES);
  for (let round = 0; round < rounds; round++) {
    const answered = Atomics.load(cells, 1);
    if (!changed(cells, 0, answered)) return false;
    const expected = answered + 1;
    let isRight = true;
    for (const word of words) isRight = isRight && word === expected;
    Atomics.add(cells, 1, 1);
    Atomics.notify(cells, 1);
    if (!isRight) return false;
  }
  return true;
}
