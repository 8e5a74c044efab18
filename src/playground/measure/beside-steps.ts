/**
 * @file Each ceiling again while another processor does the same, as hard as it can: they share memory, power and, with a
 * software GPU, the cores. The planner prices stages that work at once with these.
 */
import type { ProcessorId } from '../../core/profile/profile.ts';
import { threadsOf } from '../../core/profile/profile.ts';
import type { Capabilities } from '../../platform/capabilities.ts';
import type { BenchRequest } from '../../workers/bench.api.ts';
import { streamRequest } from './gpu-steps.ts';
import { ARRAY_BYTES, SOFTWARE_ARRAY_BYTES } from './sizes.ts';
import { identity, MeasureStep, rateMetric } from './step.ts';
import { wasmArithmetic, wasmCopy } from './wasm-steps.ts';

const isSoftware = ({ adapter }: Capabilities): boolean => adapter?.isFallbackAdapter === true;

/** A kernel that may not be known before it is needed: the GPU's fastest shape is found on the way. */
type Later = () => BenchRequest;

function requestsOf(
  processor: ProcessorId,
  capabilities: Capabilities,
  gpuArithmetic: Later,
): readonly [compute: Later, copy: Later] {
  if (processor !== 'webgpu') {
    const [compute, copy] = [wasmArithmetic(capabilities), wasmCopy(threadsOf(processor))];
    return [() => compute, () => copy];
  }
  const software = isSoftware(capabilities);
  const copy = streamRequest('copy', software ? SOFTWARE_ARRAY_BYTES : ARRAY_BYTES, software);
  return [gpuArithmetic, () => copy];
}

const typeOf = ({ kernel }: BenchRequest): string => kernel.slice(kernel.indexOf('.') + 1);

/** `processor`'s two ceilings while `other` works. */
export function besideSteps(
  processor: ProcessorId,
  other: ProcessorId,
  capabilities: Capabilities,
  gpuArithmetic: Later,
): readonly MeasureStep[] {
  const own = requestsOf(processor, capabilities, gpuArithmetic);
  const others = requestsOf(other, capabilities, gpuArithmetic);
  return own.flatMap((request, i) => {
    const load = others[i];
    if (!load) return [];
    const kind = i === 0 ? 'compute' : 'bandwidth';
    const threads = threadsOf(processor);
    const metric = identity(processor, typeOf(request()), kind, { threads, beside: other });
    const usesGpu = processor === 'webgpu' || other === 'webgpu';
    return [
      new MeasureStep({
        label: 'Both at once',
        metrics: [metric],
        probes: [(group, visiting, earlier) => group.measure(request(), visiting, earlier)],
        summarise: (found) => found.map((each) => rateMetric(metric, each)),
        processor,
        warnings: [
          ...(isSoftware(capabilities) && usesGpu ? (['fallback-adapter'] as const) : []),
          ...(capabilities.crossOriginIsolated ? [] : (['not-isolated'] as const)),
        ],
        unsupported: capabilities.simd ? null : 'This browser has no WebAssembly SIMD.',
        beside: { processor: other, request: load },
      }),
    ];
  });
}
