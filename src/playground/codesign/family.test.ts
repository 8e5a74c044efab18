import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { AppError } from '../../core/errors.ts';
import { parseManifest, type Manifest } from '../../core/manifest.ts';
import type { FormDescription } from '../../core/prepare-model.ts';
import { err, ok } from '../../core/result.ts';
import { readFamily, type FamilySource } from './family.ts';

function manifestOf(id: string): Manifest {
  const manifest = parseManifest(JSON.parse(readFileSync(`public/models/${id}/manifest.json`, 'utf8')));
  if (!manifest.ok) throw new Error(manifest.error.detail);
  return manifest.value;
}
const LITE0 = manifestOf('efficientnet-lite0');
const LITE1 = manifestOf('efficientnet-lite1');
const DIGITS = manifestOf('rep-digits');

/** A form that says of which network it is. */
const sourceOf = (loaded: Manifest, models: readonly Manifest[]): FamilySource => ({
  openFamily: () => Promise.resolve(ok({ name: 'Lite', loaded, models })),
  describe: (model, configuration) =>
    Promise.resolve(ok({ input: { name: `${model} ${configuration}` } } as unknown as FormDescription)),
  segmentsOf: () => () => Promise.resolve(err({ code: 'model-missing' })),
});
const work = () => ({ signal: new AbortController().signal, onProgress: () => undefined });
const never = (error: AppError): void => {
  throw new Error(error.code);
};

describe('a family', () => {
  it('is every configuration of every model, each with the form of its own model', async () => {
    const family = await readFamily(sourceOf(LITE1, [LITE0, LITE1]), work(), never);
    if (!family.ok) throw new Error(family.error.code);
    const { members, whole, models, name, accuracy } = family.value;
    expect(name).toBe('Lite');
    expect(models).toEqual([LITE0, LITE1]);
    expect(accuracy).toBe(LITE1.elastic?.accuracy);
    expect(members.map(({ form }) => form.input.name)).toEqual([
      ...(LITE0.elastic?.configurations ?? []).map(({ id }) => `efficientnet-lite0 ${id}`),
      'efficientnet-lite1 240',
    ]);
    for (const { configuration, form } of members)
      expect(form.input.name).toBe(`${configuration.model} ${configuration.id}`);
    expect(whole.configuration).toMatchObject({ model: 'efficientnet-lite1', id: '240' });
  });
  it('leaves out models whose accuracy is of other pictures', async () => {
    const family = await readFamily(sourceOf(LITE0, [LITE0, DIGITS]), work(), never);
    expect(family.ok && family.value.models).toEqual([LITE0]);
  });
  it('is refused for a model without configurations, and ends when cancelled', async () => {
    const { elastic, ...plain } = LITE0;
    expect(elastic).toBeDefined();
    expect(await readFamily(sourceOf(plain, [plain]), work(), never)).toMatchObject({
      error: { code: 'configuration-unknown', id: null },
    });
    const aborted = { ...work(), signal: AbortSignal.abort() };
    expect(await readFamily(sourceOf(LITE0, [LITE0]), aborted, never)).toEqual({
      ok: false,
      error: { code: 'cancelled' },
    });
  });
});
