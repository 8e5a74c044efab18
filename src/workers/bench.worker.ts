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
  echo: (port) => core.echo(port),
} satisfies BenchApi);
