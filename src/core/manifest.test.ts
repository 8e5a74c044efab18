import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseLabels, parseManifest } from './manifest.ts';

const root = new URL('../../public/models/', import.meta.url);
const json = (path: string): unknown => JSON.parse(readFileSync(new URL(path, root), 'utf8'));
const shipped = readdirSync(root, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

describe('shipped models', () => {
  it('are there', () => {
    expect(shipped).toContain('efficientnet-lite0');
  });
  it.each(shipped)('%s has a valid manifest and as many labels as classes', (id) => {
    const manifest = parseManifest(json(`${id}/manifest.json`));
    if (!manifest.ok) throw new Error(manifest.error.detail);
    expect(manifest.value.id).toBe(id);
    expect(parseLabels(json(`${id}/${manifest.value.labels}`), manifest.value.output.classes).ok).toBe(true);
    expect(readFileSync(new URL(`${id}/${manifest.value.file}`, root))).toHaveLength(manifest.value.bytes);
  });
});

const GOOD = {
  format: 'ridgepoint-model',
  version: 1,
  id: 'tiny',
  name: 'Tiny',
  summary: 'A model for tests',
  task: 'image-classification',
  file: 'model.onnx',
  bytes: 10,
  sha256: 'a'.repeat(64),
  storage: 'float32',
  input: {
    name: 'image',
    shape: [1, 3, 32, 32],
    colour: 'rgb',
    cropFraction: 1,
    mean: [0, 0, 0],
    std: [1, 1, 1],
  },
  output: { name: 'logits', classes: 10 },
  labels: 'labels.json',
  accuracy: [],
  licence: { weights: 'MIT', source: 'code', data: 'none' },
};

describe('parseManifest', () => {
  it('accepts a good one', () => {
    expect(parseManifest(GOOD)).toEqual({ ok: true, value: GOOD });
  });

  const input = (part: object): object => ({ ...GOOD, input: { ...GOOD.input, ...part } });
  it.each([
    ['nothing', null, /^root: /],
    ['another format', { ...GOOD, format: 'x' }, /^format: /],
    ['a later version', { ...GOOD, version: 2 }, /^version: /],
    ['an id that climbs', { ...GOOD, id: '../x' }, /^id: /],
    ['a file elsewhere', { ...GOOD, file: 'https://example.com/m.onnx' }, /^file: /],
    ['labels elsewhere', { ...GOOD, labels: '../labels.json' }, /^labels: /],
    ['a checksum that is none', { ...GOOD, sha256: 'abc' }, /^sha256: /],
    ['a batch', input({ shape: [2, 3, 32, 32] }), /^input.shape.0: /],
    ['two channels', input({ shape: [1, 2, 32, 32] }), /^input.shape.1: /],
    ['a division by zero', input({ std: [1, 0, 1] }), /^input.std.1: /],
    ['an empty crop', input({ cropFraction: 0 }), /^input.cropFraction: /],
    ['gray with three channels', input({ colour: 'gray' }), /^input: /],
    ['too few means', input({ mean: [0] }), /^input: /],
    ['too many deviations', input({ std: [1, 1, 1, 1] }), /^input: /],
    ['no classes', { ...GOOD, output: { name: 'logits', classes: 0 } }, /^output.classes: /],
  ])('refuses %s', (_, manifest, detail) => {
    const result = parseManifest(manifest);
    expect(result.ok ? 'accepted' : result.error.detail).toMatch(detail);
  });
});

describe('parseLabels', () => {
  it.each([
    [['a', 'b'], true],
    [['a'], false],
    [['a', 1], false],
    ['ab', false],
  ])('%j for two classes: %j', (labels, accepted) => {
    expect(parseLabels(labels, 2).ok).toBe(accepted);
  });
});
