/** @file Worker shell of the stage worker: moves buffers instead of copying them. */
import * as Comlink from 'comlink';
import type { StageApi } from './stage.api.ts';
import { StageCore } from './stage.core.ts';

const core = new StageCore();

Comlink.expose({
  open: (processor) => core.open(processor),
  prefer: (engine, precision) => core.prefer(engine, precision),
  tune: (bytes, seconds) => core.tune(bytes, seconds),
  adopt: (tuning) => core.adopt(tuning),
  load: (segment, bytes, engine, precision) => core.load(segment, bytes, engine, precision),
  unload: (segment) => core.unload(segment),
  run: async (segment, input) => {
    const result = await core.run(segment, input);
    return result.ok ? Comlink.transfer(result, [result.value.buffer]) : result;
  },
  classify: (segment, bitmap, imageInput) => core.classify(segment, bitmap, imageInput),
  time: (segment, input, minRuns, budgetSeconds) => core.time(segment, input, minRuns, budgetSeconds),
  profile: (name, input, runs) => core.profile(name, input, runs),
  loadProfiled: (name, bytes, engine) => core.loadProfiled(name, bytes, engine),
  endProfile: (name) => core.endProfile(name),
  connect: (connection, inputs, outputs) => core.connect(connection, inputs, outputs),
  disconnect: () => core.disconnect(),
} satisfies StageApi);
