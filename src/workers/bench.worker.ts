/** @file Worker shell of the benchmark worker. */
import * as Comlink from 'comlink';
import type { BenchApi } from './bench.api.ts';
import { BenchCore } from './bench.core.ts';

const core = new BenchCore();

Comlink.expose({
  prepare: (request, barrier) => core.prepare(request, barrier),
  runBatch: (iterations) => core.runBatch(iterations),
  verify: () => core.verify(),
  release: () => core.release(),
  prepareHop: (request) => core.prepareHop(request),
  echo: (port) => core.echo(port),
  answer: (buffer, rounds) => core.answer(buffer, rounds),
  keepBusy: () => core.keepBusy(),
  rest: () => core.rest(),
  loseGpu: () => core.loseGpu(),
} satisfies BenchApi);
