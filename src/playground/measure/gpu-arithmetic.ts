/** @file The GPU's arithmetic steps, and the shapes of its kernel that are tried. */
import type { Effort } from '../../core/profile/profile.ts';
import type { GpuRequest } from '../../workers/bench.api.ts';
import { identity, MeasureStep, rateMetric, ShapeSearch, type SharedParts, type Tried } from './step.ts';

export type ArithmeticId = 'webgpu.fma.f32' | 'webgpu.fma.f16' | 'webgpu.dot.i8';
type ArithmeticRequest = Extract<GpuRequest, { kernel: ArithmeticId }>;
type ArithmeticParams = ArithmeticRequest['params'];
type Shapes = readonly [Shape, ...Shape[]];
type Shape = Pick<ArithmeticParams, 'chains' | 'lines' | 'workgroupSize'>;
/** What the steps need to know of the GPU. */
export interface GpuOptions {
  readonly isSoftware: boolean;
  readonly effort: Effort;
  readonly shared: SharedParts;
}

/** f16 counts exactly to 2048, so its chains are 1024 steps at most. */
const HALF_STEPS = 1024;
/** On a fast GPU a short dispatch is over before the next is scheduled: then take 16 times as many loops or lanes. */
const SHORT_DISPATCH_SECONDS = 2e-3;

/** What a quick profile tries on a GPU: a choice by reasoning, for no hardware GPU has been swept yet. */
export const QUICK_SHAPES: Shapes = [
  { chains: 4, lines: 32, workgroupSize: 64 },
  { chains: 4, lines: 16, workgroupSize: 256 },
  { chains: 8, lines: 16, workgroupSize: 128 },
];

/**
 * In software a vec4 is four vectors: one chain stays in the registers of x86-64, more are spilled and run at one of several
 * speeds, by chance.
 */
export const SOFTWARE_SHAPES: Shapes = [
  { chains: 1, lines: 32, workgroupSize: 64 },
  { chains: 1, lines: 64, workgroupSize: 64 },
];

/** METHOD §2: {1, 2, 4, 8} chains × {8, 16, 32, 64} lines × {32, 64, 128, 256} lanes a workgroup. */
export const ALL_SHAPES: readonly Shape[] = [1, 2, 4, 8].flatMap((chains) =>
  [8, 16, 32, 64].flatMap((lines) =>
    [32, 64, 128, 256].map((workgroupSize) => ({ chains, lines, workgroupSize })),
  ),
);
/** Of these, what a full profile has the time for. */
export const FULL_SHAPES: Shapes = [
  ...QUICK_SHAPES,
  ...ALL_SHAPES.filter(
    ({ chains, lines, workgroupSize }) =>
      lines === 16 &&
      ((chains === 4 && workgroupSize < 256) ||
        (chains === 8 && workgroupSize === 256) ||
        (chains === 2 && workgroupSize >= 128)),
  ),
];
/** Bytes are emulated in software, which takes long to compile. */
export const SHORT_SHAPES: Shapes = [{ chains: 4, lines: 8, workgroupSize: 64 }];

/** As many lanes as fill a large GPU; a software adapter needs few, and long ones, for each costs it a set-up. */
export function arithmeticRequest(
  kernel: ArithmeticId,
  shape: Shape,
  isSoftware: boolean,
): ArithmeticRequest {
  const lanes = isSoftware ? 1024 : 131_072;
  // Software has no instruction for a dot product of bytes: it takes eight times as long.
  const most = isSoftware ? (kernel === 'webgpu.dot.i8' ? 2048 : 16_384) / shape.chains : 1024;
  const steps = kernel === 'webgpu.fma.f16' ? HALF_STEPS : most;
  return { kernel, params: { ...shape, lanes, loops: Math.max(1, steps / shape.lines) } };
}

/** The same shape with 16 times the work, where a dispatch is over too soon. */
function lengthened({ request, flopPerSecond }: Tried<ArithmeticRequest>): ArithmeticRequest {
  const { kernel, params } = request;
  const flop = params.lanes * params.loops * params.lines * params.chains * 8;
  if (flop / flopPerSecond > SHORT_DISPATCH_SECONDS) return request;
  const longer = kernel === 'webgpu.fma.f16' ? { lanes: params.lanes * 16 } : { loops: params.loops * 16 };
  return { kernel, params: { ...params, ...longer } };
}

const ARITHMETIC: Readonly<Record<ArithmeticId, { readonly type: string; readonly label: string }>> = {
  'webgpu.fma.f32': { type: 'fma.f32', label: 'GPU arithmetic' },
  'webgpu.fma.f16': { type: 'fma.f16', label: 'GPU arithmetic, half precision' },
  'webgpu.dot.i8': { type: 'dot.i8', label: 'GPU arithmetic, int8' },
};

export function shapeSearch(
  kernel: ArithmeticId,
  [first, ...others]: Shapes,
  isSoftware: boolean,
): ShapeSearch<ArithmeticRequest> {
  const request = (shape: Shape): ArithmeticRequest => arithmeticRequest(kernel, shape, isSoftware);
  return new ShapeSearch([request(first), ...others.map(request)], lengthened);
}

export function arithmeticStep(
  kernel: ArithmeticId,
  search: ShapeSearch<ArithmeticRequest>,
  { shared }: GpuOptions,
): MeasureStep {
  const { type, label } = ARITHMETIC[kernel];
  const metric = identity('webgpu', type, 'compute');
  return new MeasureStep({
    ...shared,
    label,
    metrics: [metric],
    probes: [search.probe],
    summarise: (found) =>
      found.map((each) =>
        rateMetric(metric, each, {
          shapes: search.tried.map(({ shape, flopPerSecond }) => ({ shape, median: flopPerSecond / 1e9 })),
        }),
      ),
  });
}
