/** @file Worker shell of the model worker. */
import * as Comlink from 'comlink';
import type { ModelApi } from './model.api.ts';
import { ModelCore } from './model.core.ts';

const core = new ModelCore();

Comlink.expose({
  open: (bytes, options) => core.open(bytes, options),
  timeFusion: (bytes, runs, bindings) => core.timeFusion(bytes, runs, bindings),
  compose: (configuration) => core.compose(configuration),
  draw: (form, options) => core.draw(form, options),
  tryComposition: async (configuration, runs) => {
    const result = await core.tryComposition(configuration, runs);
    return result.ok ? Comlink.transfer(result, [result.value.onnx.buffer]) : result;
  },
  segment: async (form, from, to) => {
    const result = await core.segment(form, from, to);
    return result.ok ? Comlink.transfer(result, [result.value.buffer]) : result;
  },
} satisfies ModelApi);
