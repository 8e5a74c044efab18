import { describe, expect, it } from 'vitest';
import { fillPseudoRandom, verifyPseudoRandom } from './pseudo-random.ts';

const filled = (length: number): Uint32Array => {
  const words = new Uint32Array(length);
  fillPseudoRandom(words);
  return words;
};

describe('pseudo-random contents', () => {
  it('verify', () => {
    expect(verifyPseudoRandom('test', filled(1000))).toEqual({ ok: true, value: null });
  });
  it('never hold a zero, which is what unwritten memory reads as', () => {
    expect(filled(100_000)).not.toContain(0);
  });
  it('do not verify with a corrupted last element', () => {
    const words = filled(1000);
    words[999] = (words[999] ?? 0) ^ 1;
    expect(verifyPseudoRandom('test', words)).toMatchObject({
      ok: false,
      error: {
        code: 'kernel-wrong',
        kernel: 'test',
        detail: expect.stringContaining('element 999') as string,
      },
    });
  });
  it('do not verify with an element that was never written', () => {
    const words = filled(1000);
    words[500] = 0;
    expect(verifyPseudoRandom('test', words).ok).toBe(false);
  });
});
