/** @file Logic of the model worker, without the worker: see model.api. */
import { segmentOf } from '../core/graph/units.ts';
import { serializeModel } from '../core/onnx/serialize.ts';
import { prepareModel, type FormId, type PreparedModel } from '../core/prepare-model.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { ModelApi, ModelDescription } from './model.api.ts';

export class ModelCore implements ModelApi {
  private prepared: PreparedModel | null = null;

  open(bytes: Uint8Array): Promise<Result<ModelDescription>> {
    const start = performance.now();
    const prepared = prepareModel(bytes);
    if (!prepared.ok) return Promise.resolve(prepared);
    this.prepared = prepared.value;
    const { forms, fusion, warnings } = prepared.value;
    return Promise.resolve(
      ok({
        forms: { 'multi-branch': forms['multi-branch'].description, deploy: forms.deploy.description },
        fusion,
        warnings,
        seconds: (performance.now() - start) / 1000,
      }),
    );
  }

  segment(form: FormId, from: number, to: number): Promise<Result<Uint8Array<ArrayBuffer>>> {
    const held = this.prepared?.forms[form];
    if (!held)
      return Promise.resolve(err({ code: 'worker-failed', worker: 'model', detail: 'no model is open' }));
    return Promise.resolve(ok(serializeModel(segmentOf(held.model, held.description.units, from, to))));
  }
}
