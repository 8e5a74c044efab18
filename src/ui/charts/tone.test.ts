import { describe, expect, it } from 'vitest';
import { fillOf, textOf, toneOf, type Tone } from './tone.ts';

describe('toneOf', () => {
  it.each([
    [
      ['webgpu', 'wasm:1'],
      ['gpu', 'cpu'],
    ],
    [
      ['wasm:1', 'webgpu'],
      ['cpu', 'gpu'],
    ],
    [
      ['wasm:1', 'wasm:1'],
      ['cpu', 'cpu-2'],
    ],
    [
      ['wasm:2', 'webgpu', 'wasm:2'],
      ['cpu', 'gpu', 'cpu-2'],
    ],
    [
      ['wasm:1', 'wasm:2', 'wasm:4'],
      ['cpu', 'cpu-2', 'cpu-2'],
    ],
  ] as const)('%j: %j', (processors, tones) => {
    expect(processors.map((_, i) => toneOf(processors, i))).toEqual(tones);
  });
});

describe('tones as colours', () => {
  it('fill by their own token', () => {
    expect((['gpu', 'cpu', 'cpu-2', 'xfer'] as const).map(fillOf)).toEqual([
      'var(--gpu)',
      'var(--cpu)',
      'var(--cpu-2)',
      'var(--xfer)',
    ]);
  });
  it('are written in a token that is readable as text; both WASM groups in the same', () => {
    const text: Readonly<Record<Tone, string>> = {
      gpu: 'var(--gpu-text)',
      cpu: 'var(--cpu-text)',
      'cpu-2': 'var(--cpu-text)',
      xfer: 'var(--mut)',
    };
    for (const tone of Object.keys(text) as Tone[]) expect(textOf(tone)).toBe(text[tone]);
  });
});
