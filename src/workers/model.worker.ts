/** @file Worker shell of the model worker. */
import * as Comlink from 'comlink';
import type { Result } from '../core/result.ts';
import type { ModelApi } from './model.api.ts';
import { ModelCore } from './model.core.ts';

const core = new ModelCore();

Comlink.expose({
  open: (bytes, options) => core.open(bytes, options),
  timeFusion: (bytes, runs, bindings) => core.timeFusion(bytes, runs, bindings),
  compose: (configuration) => core.compose(configuration),
  deleteBranches: (mode) => core.deleteBranches(mode),
  draw: (form, options) => core.draw(form, options),
  tryComposition: async (configuration, runs) => {
    const result = await core.tryComposition(configuration, runs);
    return result.ok ? Comlink.transfer(result, [result.value.onnx.buffer]) : result;
  },
  describe: (configuration) => core.describe(configuration),
  segment: async (form, from, to) => moved(await core.segment(form, from, to)),
  segmentOf: async (configuration, from, to) => moved(await core.segmentOf(configuration, from, to)),
} satisfies ModelApi);

function moved(result: Result<Uint8Array<ArrayBuffer>>): Result<Uint8Array<ArrayBuffer>> {
  return result.ok ? Comlink.transfer(result, [result.value.buffer]) : result;
}
