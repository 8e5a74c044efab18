import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseManifest, type Manifest } from '../core/manifest.ts';
import { familyLabel, familyOf, SHIPPED_MODELS } from './shipped-models.ts';

function manifestOf(id: string): Manifest {
  const manifest = parseManifest(JSON.parse(readFileSync(`public/models/${id}/manifest.json`, 'utf8')));
  if (!manifest.ok) throw new Error(manifest.error.detail);
  return manifest.value;
}

describe('the models that ship', () => {
  it.each(SHIPPED_MODELS)('$id is called as its manifest has it, and can be designed', ({ id, name }) => {
    const manifest = manifestOf(id);
    expect(manifest.name).toBe(name);
    expect(manifest.elastic?.configurations.length).toBeGreaterThan(0);
  });
  it('a family says how much each of its models weighs, the smallest first', () => {
    const models = familyOf('efficientnet-lite1')?.models ?? [];
    expect(models.map(({ label }) => label)).toEqual(['Lite0', 'Lite1', 'Lite2']);
    for (const { id, bytes } of models) expect(manifestOf(id).bytes).toBe(bytes);
    expect(models.map(({ bytes }) => bytes)).toEqual(
      models.map(({ bytes }) => bytes).toSorted((a, b) => a - b),
    );
  });
  it('accuracies of a family are of the same pictures: they are compared', () => {
    const sources = (familyOf('efficientnet-lite0')?.models ?? []).map(({ id }) => {
      const { dataset, split, n } = manifestOf(id).elastic?.accuracy ?? {};
      return `${dataset} ${split} ${n}`;
    });
    expect(new Set(sources).size).toBe(1);
  });
  it('others are alone', () => {
    expect(familyOf('rep-tiny')).toBeNull();
    expect(familyLabel('rep-tiny')).toBeNull();
    expect(familyLabel('efficientnet-lite2')).toBe('Lite2');
  });
});
