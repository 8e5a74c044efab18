import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { composeConfiguration } from '../elastic/compose.ts';
import type { Layer } from '../graph/layers.ts';
import { parseManifest } from '../manifest.ts';
import { prepareForms, readModel } from '../prepare-model.ts';
import { coverOf, LookupTable, signatureOf } from './lookup.ts';

const file = (name: string) =>
  Uint8Array.from(readFileSync(new URL(`../../../public/models/rep-digits/${name}`, import.meta.url)));
const must = <T>(result: { readonly ok: true; readonly value: T } | { readonly ok: false }): T => {
  if (!result.ok) throw new Error(JSON.stringify(result));
  return result.value;
};

const manifest = must(parseManifest(JSON.parse(new TextDecoder().decode(file('manifest.json')))));
const { elastic } = manifest;
if (!elastic) throw new Error('rep-digits is elastic');
const source = must(readModel(file('model.onnx')));
const calibration = file('calibration.bin');
/** The deploy form's layers of every configuration of a shipped model. */
const family = elastic.configurations.map((configuration) => {
  const model = must(composeConfiguration(source.model, elastic, configuration, calibration));
  return must(prepareForms({ ...source, model })).forms.deploy.description.layers;
});
const everySignature = new Set(family.flat().map(signatureOf));

/** Layers that take what their work says. */
const secondsOf = (layers: readonly Layer[]): readonly number[] =>
  layers.map(({ flop }) => 1e-5 + flop * 1e-10);
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

describe('signatureOf', () => {
  it('tells layers apart by operators, work and shapes, not by names', () => {
    const [layer] = family[0] ?? [];
    if (!layer) throw new Error('no layer');
    expect(signatureOf({ ...layer, name: 'other', index: 7 })).toBe(signatureOf(layer));
    expect(signatureOf({ ...layer, flop: layer.flop + 1 })).not.toBe(signatureOf(layer));
    const product = layer.product && { ...layer.product, rows: layer.product.rows + 1 };
    expect(signatureOf({ ...layer, ...(product && { product }) })).not.toBe(signatureOf(layer));
  });
});

describe('coverOf', () => {
  const cover = coverOf(family);
  it('has every layer of a shipped family, in far fewer configurations than there are', () => {
    const covered = new Set(cover.flatMap((at) => family[at] ?? []).map(signatureOf));
    expect(covered).toEqual(everySignature);
    expect(new Set(cover).size).toBe(cover.length);
    expect(cover.length).toBeLessThan(family.length / 2);
  });
  it('picks none that brings nothing', () => {
    cover.forEach((at, i) => {
      const before = new Set(cover.slice(0, i).flatMap((b) => (family[b] ?? []).map(signatureOf)));
      expect((family[at] ?? []).some((layer) => !before.has(signatureOf(layer)))).toBe(true);
    });
  });
  it('of nothing is nothing', () => expect(coverOf([])).toEqual([]));
});

describe('LookupTable', () => {
  it('gives every configuration its time from those of the cover alone', () => {
    const table = new LookupTable();
    for (const layers of coverOf(family).flatMap((at) => (family[at] ? [family[at]] : [])))
      table.add(layers, secondsOf(layers), sum(secondsOf(layers)));
    for (const layers of family) {
      const found = table.secondsOf(layers);
      if (!found) throw new Error('a layer is missing');
      found.forEach((seconds, i) => expect(seconds).toBeCloseTo(secondsOf(layers)[i] ?? NaN, 12));
    }
  });
  it('scales what the profiler says to the time of the whole', () => {
    const table = new LookupTable();
    const layers = family[0] ?? [];
    table.add(layers, secondsOf(layers), 3 * sum(secondsOf(layers)));
    expect(sum(table.secondsOf(layers) ?? [])).toBeCloseTo(3 * sum(secondsOf(layers)), 12);
  });
  it('knows nothing of a layer that it never saw, and takes the median of those it saw often', () => {
    const table = new LookupTable();
    const [layer] = family[0] ?? [];
    if (!layer) throw new Error('no layer');
    expect(table.secondsOf([layer])).toBeNull();
    for (const seconds of [1, 2, 30]) table.add([{ ...layer, index: 0 }], [seconds], seconds);
    expect(table.secondsOf([layer])).toEqual([2]);
  });
});
