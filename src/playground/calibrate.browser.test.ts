import { afterAll, describe, expect, it } from 'vitest';
import { calibratedTable } from '../core/cost/calibration.ts';
import { kernelClassOf } from '../core/cost/features.ts';
import { FREE } from '../core/planning/transfer.ts';
import { parseProfile } from '../core/profile/parse.ts';
import { rooflineOf } from '../core/roofline/roofline.ts';
import { DEVICE } from '../fixtures/profile.ts';
import { closeAll, must, openStage, openStages, openTinyModel } from '../fixtures/workers.ts';
import { calibrate, type CalibrationRequest } from './calibrate.ts';
import { compareCosts } from './compare-costs.ts';

afterAll(closeAll);

const TRANSFERS = { upload: FREE, download: FREE, hop: FREE };

function requestOf(
  clients: CalibrationRequest['clients'],
  signal: AbortSignal = new AbortController().signal,
  onProgress: CalibrationRequest['onProgress'] = () => undefined,
): CalibrationRequest {
  return { clients, transfers: TRANSFERS, signal, onProgress, budgetSeconds: 1 };
}

describe('calibrating on the real engine', () => {
  it('calibrates equal processors once, and what it finds prices a model that it has not seen', async () => {
    const clients = await openStages(['wasm:1', 'wasm:1']);
    const shares: (number | null)[] = [];
    const calibration = must(
      await calibrate(
        requestOf(clients, undefined, (step, share) => {
          expect(step).toContain('wasm:1');
          shares.push(share);
        }),
      ),
    );
    expect(calibration).toHaveLength(1);
    const [found] = calibration;
    expect(found?.processor).toBe('wasm:1');
    expect(found?.runSeconds).toBeGreaterThan(0);
    // The smallest network alone has enough of these.
    expect(found?.classes.map(({ kernel }) => kernel)).toEqual(
      expect.arrayContaining(['conv', 'conv1x1', 'pooling', 'matmul', 'elementwise']),
    );
    expect(shares.every((share) => share !== null && share >= 0 && share <= 1)).toBe(true);
    expect(shares).toEqual([...shares].sort((a, b) => (a ?? 0) - (b ?? 0)));

    const profile = { ...DEVICE, calibration };
    expect(parseProfile(JSON.stringify(profile))).toEqual({ ok: true, value: profile });
    const model = await openTinyModel();
    const form = model.description.forms.deploy;
    const roof = rooflineOf(profile, 'wasm:1');
    const table = roof && calibratedTable(form.units, [roof], calibration);
    const seconds = table?.seconds[0] ?? [];
    // A class whose layers the engine's clock never saw costs nothing: only units of nothing else may.
    const unseen = new Set(
      found?.classes
        .filter(({ secondsPer }) => Object.keys(secondsPer).length === 0)
        .map(({ kernel }) => kernel),
    );
    form.units.forEach(({ layers }, unit) => {
      const isUnseen = layers.every((layer) => unseen.has(kernelClassOf(layer) ?? 'conv'));
      expect((seconds[unit] ?? 0) > 0, `unit ${unit}`).toBe(!isUnseen);
    });
    // A column adds up to the whole, and that is more than a run of no layers.
    expect(seconds.reduce((sum, each) => sum + each, 0)).toBeGreaterThan(found?.runSeconds ?? Infinity);
    expect(table?.relativeError).toBeGreaterThan(0);

    const [client] = clients;
    if (!client) throw new Error('a client was opened');
    const compared = must(await compareCosts(client, form, must(await model.segments(0, 6)), profile));
    expect(compared.layerTimes).toHaveLength(form.layers.length);
    expect(compared.calibrated?.seconds).toBeGreaterThan(0);
    expect(compared.roofline.seconds).toBeGreaterThan(0);
    expect(compared.n).toBeGreaterThan(0);
  });

  it('frees what it loaded', async () => {
    const client = await openStage('wasm:1');
    must(await calibrate(requestOf([client])));
    const left = await client.worker.call((remote) => remote.run('calibration tiny', new Float32Array(784)));
    expect(left).toMatchObject({ ok: false, error: { code: 'engine-failed' } });
  });

  it('stops when it is cancelled', async () => {
    const client = await openStage('wasm:1');
    const controller = new AbortController();
    const result = await calibrate(requestOf([client], controller.signal, () => controller.abort()));
    expect(result).toEqual({ ok: false, error: { code: 'cancelled' } });
    const before = await calibrate(requestOf([client], controller.signal));
    expect(before).toEqual({ ok: false, error: { code: 'cancelled' } });
  });

  it('reports a processor whose worker is gone', async () => {
    const client = await openStage('wasm:1');
    client.worker.terminate();
    expect((await calibrate(requestOf([client]))).ok).toBe(false);
  });
});
