/** @file The WebGPU steps of a profile: arithmetic, memory, transfers, overheads, sizes and intensities. */
import { messageOf } from '../../core/messages.ts';
import type { Effort } from '../../core/profile/profile.ts';
import { differenceBandwidth, measured } from '../../core/roofline/metric.ts';
import type { Capabilities } from '../../platform/capabilities.ts';
import type { GpuRequest } from '../../workers/bench.api.ts';
import { STREAM_ARRAYS, type StreamOperation } from '../../workers/bench.client.ts';
import {
  arithmeticStep,
  FULL_SHAPES,
  QUICK_SHAPES,
  shapeSearch,
  SHORT_SHAPES,
  SOFTWARE_SHAPES,
  type ArithmeticId,
  type GpuOptions,
} from './gpu-arithmetic.ts';
import {
  ARRAY_BYTES,
  INTENSITY_STEPS,
  intensityOf,
  KIB,
  MIB,
  SMALL_BYTES,
  SOFTWARE_ARRAY_BYTES,
  sparser,
  workingSets,
} from './sizes.ts';
import {
  detailsOf,
  identity,
  kernelProbe,
  latencyMetric,
  latencyStep,
  MeasureStep,
  rateStep,
  secondsOf,
  type SharedParts,
} from './step.ts';

/** Bandwidth is what a large transfer takes beyond the small one. */
const LARGE_BYTES = 8 * MIB;
const WORKGROUP_SIZE = 256;

/** A stream over arrays of `arrayBytes`, with as many passes as make a dispatch worth timing. */
export function streamRequest(
  operation: StreamOperation,
  arrayBytes: number,
  isSoftware: boolean,
): GpuRequest {
  const words = arrayBytes / 16;
  const most = isSoftware ? 256 : 4096;
  const bytes = isSoftware ? 2 * MIB : 128 * MIB;
  return {
    kernel: `webgpu.${operation}`,
    params: {
      arrayBytes,
      passes: Math.max(1, Math.floor(bytes / (STREAM_ARRAYS[operation] * arrayBytes))),
      workgroupSize: WORKGROUP_SIZE,
      workgroups: Math.min(most, words / WORKGROUP_SIZE),
    },
  };
}

const arrayBytesOf = ({ isSoftware }: GpuOptions): number =>
  isSoftware ? SOFTWARE_ARRAY_BYTES : ARRAY_BYTES;

function streamStep(operation: StreamOperation, options: GpuOptions): MeasureStep {
  return rateStep(
    operation === 'copy' ? 'GPU memory' : `GPU memory, ${operation}`,
    identity('webgpu', operation, 'bandwidth'),
    streamRequest(operation, arrayBytesOf(options), options.isSoftware),
    options.shared,
  );
}

/** Bandwidth over working sets, from on-chip caches to memory; the full size is a ceiling of its own. */
function sizeSteps(operation: StreamOperation, options: GpuOptions): readonly MeasureStep[] {
  return sparser(operation, workingSets(64 * KIB, arrayBytesOf(options) / 2)).map((arrayBytes) =>
    rateStep(
      'GPU memory, from cache to DRAM',
      identity('webgpu', operation, 'bandwidth', { sizeBytes: STREAM_ARRAYS[operation] * arrayBytes }),
      streamRequest(operation, arrayBytes, options.isSoftware),
      { ...options.shared, isPoint: true },
    ),
  );
}

function intensitySteps(options: GpuOptions): readonly MeasureStep[] {
  const [most, least, flop] = options.isSoftware
    ? [4 * MIB, 256 * KIB, 2 ** 26]
    : [ARRAY_BYTES, MIB, 2 ** 33];
  return INTENSITY_STEPS.map((steps) => {
    // At least a turn of every lane and chain.
    const arrayBytes = Math.max(least, Math.min(most, flop / steps));
    const metric = identity('webgpu', 'intensity', 'compute', { operationalIntensity: intensityOf(steps) });
    // A software adapter has registers for one chain (a lane is four of them there), and computes addresses: more words
    // in flight are more work.
    const chains = options.isSoftware ? 1 : 4;
    const [workgroupSize, workgroups] = options.isSoftware ? [64, 16] : [WORKGROUP_SIZE, 1024];
    const params = { arrayBytes, steps, chains, workgroupSize, workgroups };
    return rateStep(
      'GPU, more and more arithmetic a byte',
      metric,
      { kernel: 'webgpu.intensity', params },
      {
        ...options.shared,
        isPoint: true,
      },
    );
  });
}

function transferStep(direction: 'upload' | 'download', { shared }: GpuOptions): MeasureStep {
  const latency = identity('webgpu', direction, 'latency', { suffix: '.latency' });
  const bandwidth = identity('webgpu', direction, 'bandwidth', { suffix: '.bandwidth' });
  const kernel = `webgpu.${direction}` as const;
  return new MeasureStep({
    ...shared,
    label: direction === 'upload' ? 'Upload to the GPU' : 'Download from the GPU',
    metrics: [latency, bandwidth],
    probes: [SMALL_BYTES, LARGE_BYTES].map((sizeBytes) => kernelProbe({ kernel, params: { sizeBytes } })),
    summarise: ([small, large]) => {
      if (!small || !large) return [];
      const rates = differenceBandwidth(
        { bytes: SMALL_BYTES, medianSeconds: secondsOf(small) },
        { bytes: LARGE_BYTES, seconds: large.secondsPerIteration },
      );
      return [
        latencyMetric(latency, small, { sizeBytes: SMALL_BYTES }),
        measured(bandwidth, rates, { ...detailsOf(large), sizeBytes: LARGE_BYTES }),
      ];
    },
  });
}

/** What a transfer of each size takes in all. */
const transferSizeSteps = ({ shared }: GpuOptions): readonly MeasureStep[] =>
  (['upload', 'download'] as const).flatMap((direction) =>
    [64 * KIB, MIB, 16 * MIB].map((sizeBytes) => {
      const metric = identity('webgpu', direction, 'latency', { sizeBytes });
      const request = { kernel: `webgpu.${direction}`, params: { sizeBytes } } as const;
      return new MeasureStep({
        ...shared,
        label: 'Transfers of several sizes',
        metrics: [metric],
        probes: [kernelProbe(request)],
        summarise: (found) => found.map((each) => latencyMetric(metric, each, { sizeBytes })),
        isPoint: true,
      });
    }),
  );

const overheadSteps = (options: GpuOptions): readonly MeasureStep[] =>
  (
    [
      ['dispatch', 'Cost of a dispatch'],
      ['submit', 'Cost of a submission'],
      ...(options.effort === 'full' ? ([['first-use', 'First use of a shader']] as const) : []),
    ] as const
  ).map(([type, label]) =>
    latencyStep(
      label,
      identity('webgpu', type, 'latency'),
      { kernel: `webgpu.${type}`, params: {} },
      options.shared,
    ),
  );

function workgroupStep(options: GpuOptions): MeasureStep {
  const lanes = options.isSoftware ? 512 : 131_072;
  const params = { workgroupSize: 64, lanes, lines: 32, loops: 16 };
  const metric = identity('webgpu', 'workgroup', 'bandwidth');
  return rateStep('Workgroup memory', metric, { kernel: 'webgpu.workgroup', params }, options.shared);
}

function matmulStep(options: GpuOptions): MeasureStep {
  const params = { n: options.isSoftware ? 64 : 1024 };
  const metric = identity('webgpu', 'matmul', 'compute');
  return rateStep('GPU matrix product', metric, { kernel: 'webgpu.matmul', params }, options.shared);
}

export interface Steps {
  /** Visited in every round. */
  readonly ceilings: readonly MeasureStep[];
  /** Visited once. */
  readonly points: readonly MeasureStep[];
}

/** The steps, and the arithmetic kernel in force: the fastest shape once it is found. */
export function gpuSteps(
  capabilities: Capabilities,
  effort: Effort,
): Steps & { readonly arithmetic: () => GpuRequest } {
  const { webgpu, adapter, gpu } = capabilities;
  const isSoftware = adapter?.isFallbackAdapter === true;
  const shared: SharedParts = {
    processor: 'webgpu',
    warnings: [
      ...(isSoftware ? (['fallback-adapter'] as const) : []),
      ...(capabilities.crossOriginIsolated ? [] : (['not-isolated'] as const)),
    ],
    unsupported: webgpu === 'ok' ? null : messageOf({ code: 'webgpu-unavailable', reason: webgpu }).what,
  };
  const options: GpuOptions = { isSoftware, effort, shared };
  const lacking = (missing: boolean, reason: string): GpuOptions =>
    missing && shared.unsupported === null
      ? { ...options, shared: { ...shared, unsupported: reason } }
      : options;
  const fewest = isSoftware ? SOFTWARE_SHAPES : QUICK_SHAPES;
  const search = shapeSearch(
    'webgpu.fma.f32',
    effort === 'full' ? [...fewest, ...FULL_SHAPES] : fewest,
    isSoftware,
  );
  const other = (kernel: ArithmeticId, lackingOptions: GpuOptions): MeasureStep =>
    arithmeticStep(
      kernel,
      shapeSearch(kernel, isSoftware ? SHORT_SHAPES : QUICK_SHAPES, isSoftware),
      lackingOptions,
    );
  const arithmetic = (): GpuRequest => search.chosen;
  const half = lacking(
    gpu?.features.includes('shader-f16') !== true,
    'This GPU has no 16-bit floats (shader-f16).',
  );
  const dot = lacking(
    gpu?.languageFeatures.includes('packed_4x8_integer_dot_product') !== true,
    'This browser has no int8 dot product (packed_4x8_integer_dot_product).',
  );
  const ceilings = [
    arithmeticStep('webgpu.fma.f32', search, options),
    other('webgpu.fma.f16', half),
    streamStep('copy', options),
    transferStep('upload', options),
    transferStep('download', options),
    ...overheadSteps(options),
  ];
  if (effort === 'quick') return { ceilings, points: [], arithmetic };
  return {
    arithmetic,
    ceilings: [
      ...ceilings,
      other('webgpu.dot.i8', dot),
      matmulStep(options),
      workgroupStep(options),
      ...(['read', 'write', 'triad'] as const).map((operation) => streamStep(operation, options)),
    ],
    points: [
      ...intensitySteps(options),
      ...transferSizeSteps(options),
      // In software it is the CPU's caches once more, and slow: copies alone show what is left of them.
      ...(isSoftware ? (['copy'] as const) : (['copy', 'read', 'write', 'triad'] as const)).flatMap(
        (operation) => sizeSteps(operation, options),
      ),
    ],
  };
}
