import { describe, expect, it } from 'vitest';
import { readFile } from 'node:fs/promises';
import { parseManifest, type Manifest } from '../core/manifest.ts';
import { CAMERA, preferredSource } from './live-sources.ts';
import { SHIPPED_MODELS } from './shipped-models.ts';

async function shipped(id: string): Promise<Manifest> {
  const json: unknown = JSON.parse(await readFile(`public/models/${id}/manifest.json`, 'utf8'));
  const manifest = parseManifest(json);
  if (!manifest.ok) throw new Error(manifest.error.detail);
  return manifest.value;
}

describe('preferredSource', () => {
  it.each([
    ['rep-digits', { kind: 'pad' }],
    ['efficientnet-lite0', CAMERA],
  ])('of %s is what it was trained to see', async (id, source) => {
    expect(SHIPPED_MODELS.map((model) => model.id)).toContain(id);
    expect(preferredSource(await shipped(id))).toEqual(source);
  });
});
