/**
 * @file What it costs to ask the GPU for anything: a dispatch in a pass, a submission, the first use of a shader (see
 * empty.wgsl). `dispatch`: one iteration is one dispatch of one lane, all in one pass. `submit`: one submission of one
 * dispatch. `first-use`: compile a shader that no cache has seen, dispatch it, wait.
 */
import { ok, type Result } from '../../core/result.ts';
import { timed, wrongElement, type BenchmarkKernel } from '../kernel.ts';
import type { BatchTime } from '../protocol.ts';
import type { BenchGpu } from './bench-gpu.ts';
import { buildDispatch, readBack, runDispatches, type Dispatch } from './dispatch.ts';
import source from './empty.wgsl?raw';
import { guarded } from './guarded.ts';

export type OverheadParams = Readonly<Record<string, never>>;
type Overhead = 'dispatch' | 'submit' | 'first-use';

/** Until the queue is done: `iterations` submissions of one dispatch each. */
async function submissions(
  gpu: BenchGpu,
  { pipeline, bindGroup }: Dispatch,
  iterations: number,
): Promise<void> {
  const { device } = gpu;
  for (let i = 0; i < iterations; i++) {
    const encoder = device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, bindGroup);
    pass.dispatchWorkgroups(1);
    pass.end();
    device.queue.submit([encoder.finish()]);
  }
  await device.queue.onSubmittedWorkDone();
}

/** No two shaders of a page may be alike: counts up from a number that no other worker has. */
let salt = Math.floor(performance.timeOrigin % 2 ** 31);

async function firstUses(gpu: BenchGpu, counter: GPUBuffer, iterations: number): Promise<Result<BatchTime>> {
  let seconds = 0;
  for (let i = 0; i < iterations; i++) {
    const startedAt = performance.now();
    // Built without the pipelines' cache, which is there to avoid what is measured here.
    const module = gpu.device.createShaderModule({ code: `${source}\n// ${salt}` });
    const compute = { module, constants: { salt: salt++ } };
    const pipeline = await gpu.device.createComputePipelineAsync({ layout: 'auto', compute });
    const entries = [{ binding: 0, resource: { buffer: counter } }];
    const bindGroup = gpu.device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries });
    await submissions(gpu, { pipeline, bindGroup, workgroups: [1, 1] }, 1);
    seconds += (performance.now() - startedAt) / 1000;
  }
  return ok({ seconds, gpuSeconds: null });
}

const DESCRIPTIONS: Readonly<Record<Overhead, string>> = {
  dispatch: 'one more dispatch in a compute pass, of next to no work',
  submit: 'one more submission of a compute pass, of next to no work',
  'first-use': 'compile a shader that no cache has seen, and run it once',
};

function kernel(overhead: Overhead): BenchmarkKernel<OverheadParams, BenchGpu> {
  const id = `webgpu.${overhead}`;
  return {
    id,
    description: DESCRIPTIONS[overhead],
    flop: () => 0,
    bytes: () => 8,
    workingSet: () => 8,
    shape: () => 'one lane',
    source: () => source,
    prepare: async (params, gpu) => {
      const counter = await guarded(gpu.handle, () =>
        gpu.device.createBuffer({ size: 8, usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC }),
      );
      if (!counter.ok) return counter;
      const buffers = { 0: { buffer: counter.value } };
      const dispatch = await buildDispatch(gpu, { code: source, constants: {}, buffers, workgroups: [1, 1] });
      const release = (): void => counter.value.destroy();
      if (!dispatch.ok) {
        release();
        return dispatch;
      }
      let ran = 0;
      const run = {
        dispatch: (n: number) => runDispatches(gpu, dispatch.value, n),
        submit: async (n: number): Promise<Result<BatchTime>> => {
          const seconds = await gpu.until(timed(() => submissions(gpu, dispatch.value, n)));
          return seconds.ok ? ok({ seconds: seconds.value, gpuSeconds: null }) : seconds;
        },
        'first-use': async (n: number): Promise<Result<BatchTime>> => {
          const done = await gpu.until(firstUses(gpu, counter.value, n));
          return done.ok ? done.value : done;
        },
      }[overhead];
      return ok({
        params,
        runBatch: (iterations) => {
          ran += iterations;
          return run(iterations);
        },
        verify: async () => {
          const contents = await readBack(gpu, counter.value);
          return contents.ok ? checkCount(id, new Uint32Array(contents.value), ran) : contents;
        },
        release,
      });
    },
  };
}

/** Every dispatch counted, none twice. */
export function checkCount(id: string, [counted]: Uint32Array, ran: number): Result<null> {
  return counted === ran && ran > 0 ? ok(null) : wrongElement(id, 0, ran, counted);
}

export const gpuOverhead = {
  dispatch: kernel('dispatch'),
  submit: kernel('submit'),
  'first-use': kernel('first-use'),
} as const;
