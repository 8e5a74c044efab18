/**
 * @file The exhaustive sweep over the shapes of the arithmetic kernel: what the few that a profile tries are chosen from,
 * and held against (`npm run bench:roofline`).
 */
import { ok, type Result } from '../../core/result.ts';
import type { Capabilities } from '../../platform/capabilities.ts';
import { pageVisibility } from '../../platform/visibility.ts';
import { BenchWorkers, POINT } from '../../workers/bench.client.ts';
import { ALL_SHAPES, arithmeticRequest } from './gpu-arithmetic.ts';
import { protocolPorts } from './page-ports.ts';
import { secondsOf } from './step.ts';

/** As a metric's shape begins. */
const nameOf = ({ chains, lines, workgroupSize }: (typeof ALL_SHAPES)[number]): string =>
  `${chains} chains × ${lines}, workgroup ${workgroupSize}`;

export interface TriedShape {
  readonly shape: string;
  /** GFLOP/s, of `n` samples. */
  readonly median: number;
  readonly n: number;
}

/** The fastest first; of `among`, where shapes are named. A shape that fails is left out. Errors: `cancelled`. */
export async function sweepShapes(
  capabilities: Capabilities,
  signal: AbortSignal,
  onProgress: (step: string, progress: number) => void,
  among: readonly string[] | null = null,
): Promise<Result<readonly TriedShape[]>> {
  const isSoftware = capabilities.adapter?.isFallbackAdapter === true;
  const visiting = {
    settings: { ...POINT, budgetSeconds: 1 },
    signal,
    ports: protocolPorts(pageVisibility()),
    verify: true,
  };
  const workers = new BenchWorkers();
  const onAbort = (): void => workers.close();
  signal.addEventListener('abort', onAbort);
  const tried: TriedShape[] = [];
  try {
    const shapes = ALL_SHAPES.filter((shape) => among?.includes(nameOf(shape)) ?? true);
    for (const [i, shape] of shapes.entries()) {
      onProgress('Kernel shapes', i / shapes.length);
      const request = arithmeticRequest('webgpu.fma.f32', shape, isSoftware);
      const found = await workers.group('webgpu').measure(request, visiting);
      if (!found.ok && (signal.aborted || found.error.code === 'webgpu-unavailable')) return found;
      if (!found.ok) continue;
      const { flopPerIteration, secondsPerIteration } = found.value;
      const median = flopPerIteration / secondsOf(found.value) / 1e9;
      tried.push({ shape: nameOf(shape), median, n: secondsPerIteration.length });
    }
  } finally {
    signal.removeEventListener('abort', onAbort);
    workers.close();
  }
  return ok(tried.sort((a, b) => b.median - a.median));
}
