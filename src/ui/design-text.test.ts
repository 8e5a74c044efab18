import { describe, expect, it } from 'vitest';
import type { Design } from '../core/codesign/design.ts';
import { designSpace } from '../fixtures/design-space.ts';
import {
  accuracySource,
  configurationOf,
  designModel,
  designName,
  designOf,
  designReading,
} from './design-text.ts';

const SPACE = designSpace('rep-tiny', 3);

function first(pick: (design: Design) => boolean): Design {
  const found = SPACE.designs.find(pick);
  if (!found) throw new Error('no such design');
  return found;
}

describe('a design in words', () => {
  it('is called by its input and its accuracy', () => {
    const whole = first(({ configuration }) => configuration === '64-33333333333');
    expect(designName(SPACE, whole)).toBe('64 px · 57.1 %');
    expect(configurationOf(SPACE, whole)?.side).toBe(64);
    expect(configurationOf(SPACE, { ...whole, model: 'other' })).toBeNull();
  });
  it('names its model where the space has several', () => {
    const lite = designSpace('efficientnet-lite0');
    const [design] = lite.designs;
    if (!design) throw new Error('no design');
    expect(designModel(lite, design)).toBeNull();
    const [own] = lite.configurations;
    const both = own ? [...lite.configurations, { ...own, model: 'efficientnet-lite1', id: '240' }] : [];
    expect(designModel({ ...lite, configurations: both }, design)).toBe('Lite0');
    expect(designName({ ...lite, configurations: both }, design)).toMatch(/^Lite0 · 128 px · keeps \d/);
  });
  it('is read with prediction beside measurement, and how many frames that was', () => {
    const ran = { ...first(({ plan }) => plan.kind === 'pipeline') };
    const measured = {
      throughputFps: 31,
      latencySeconds: 0.04,
      n: 120,
      errors: { throughput: 0, latency: 0 },
    };
    const predicted = { throughputFps: 30, latencySeconds: 0.05 };
    expect(designReading(SPACE, { ...ran, measured, predicted })).toBe(
      '31.0 frames/s measured, n = 120 (predicted 30.0); 40.0 ms a frame measured (predicted 50.0); WASM × 2 1–3 → WebGPU 4–12.',
    );
    expect(designReading(SPACE, { ...ran, measured: null, predicted })).toBe(
      '30.0 frames/s predicted; 50.0 ms a frame predicted; WASM × 2 1–3 → WebGPU 4–12.',
    );
  });
  it('is found by its id', () => {
    expect(designOf(SPACE, SPACE.front[0] ?? null)?.id).toBe(SPACE.front[0]);
    expect(designOf(SPACE, null)).toBeNull();
  });
});

describe('accuracySource', () => {
  it('names data, split, n and who measured it', () => {
    expect(accuracySource(SPACE)).toBe(
      'Top-1 on 5,000 Tiny-ImageNet-200 validation images, from the model’s table (training/export.py), not measured here.',
    );
  });
  it('says when the network was trained on them', () => {
    expect(accuracySource(designSpace('efficientnet-lite0', 0))).toMatch(
      /n = 300\), images the network was trained on/,
    );
  });
});
