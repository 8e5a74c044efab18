/**
 * @file Chooses the kernel of each step by measuring on the device: the same dispatch again and again in one submission, by the
 * wall clock less an empty submission, the least of a few. Steps of one shape share a choice, and it is kept with the engine. The
 * shapes that cost most come first; those that the budget does not reach take what won for a like window, else the likeliest.
 */
import type { Precision } from '../../core/engine.ts';
import { flopOf, type Program, type Step } from '../program.ts';
import type { Choice } from './choice.ts';
import type { GpuEngine } from './engine.ts';
import { kernelsOf, type Kernel } from './kernels.ts';
import { mapAt } from './layout.ts';
import type { Resources } from './resources.ts';
import { otherOf, windowOfStep } from './shape.ts';

/** A measured batch lasts about as long; shorter ones drown in what a submission takes. */
const BATCH_SECONDS = 0.004;
const BATCHES = 3;
/** No more batches for a kernel that the first one shows to be this much slower than the best. */
const HOPELESS = 1.3;

export interface SelectOptions {
  /** Seconds that measuring kernels may take, compiling included; 0 takes the likeliest of each. */
  readonly selectSeconds: number;
  /** Leaves only these to choose from, where a step has any of them. */
  readonly only: (kernel: Kernel) => boolean;
}

interface Shape {
  readonly key: string;
  readonly step: Step;
  readonly bindGroup: GPUBindGroup;
  readonly kernels: readonly Kernel[];
  /** Of all steps of the shape. */
  flop: number;
}

/** The choice for each step. */
export async function selectKernels(
  engine: GpuEngine,
  program: Program,
  resources: Pick<Resources, 'bindGroups' | 'precision'>,
  { selectSeconds, only }: SelectOptions,
): Promise<readonly Choice[]> {
  const keys = program.steps.map((step) => shapeKey(program, step, resources.precision));
  const shapes = shapesOf(engine, program, resources, keys).map((shape) => {
    const left = shape.kernels.filter(only);
    return left.length > 0 ? { ...shape, kernels: left } : shape;
  });
  const deadline = performance.now() + 1000 * selectSeconds;
  const wins = new Map<string, string>();
  const made = new Map<string, Choice>();
  for (const shape of shapes.toSorted((a, b) => b.flop - a.flop)) {
    const like = windowKey(program, shape.step);
    const known = engine.choices.get(shape.key);
    const choice =
      (known && only(known.kernel) ? known : null) ??
      (shape.kernels.length > 1 && performance.now() < deadline
        ? await measuredChoice(engine, shape, deadline)
        : unmeasured(shape, wins.get(like)));
    if (choice.by === 'measured') {
      engine.choices.set(shape.key, choice);
      if (!wins.has(like)) wins.set(like, choice.kernel.name);
    }
    made.set(shape.key, choice);
  }
  return keys.map((key) => {
    const choice = made.get(key);
    if (!choice) throw new Error(`nothing was chosen for ${key}`);
    return choice;
  });
}

function shapesOf(
  { adapter }: GpuEngine,
  program: Program,
  { bindGroups, precision }: Pick<Resources, 'bindGroups' | 'precision'>,
  keys: readonly string[],
): readonly Shape[] {
  const shapes = new Map<string, Shape>();
  for (const [i, step] of program.steps.entries()) {
    const [key = '', bindGroup] = [keys[i], bindGroups[i]];
    if (!bindGroup) throw new Error(`nothing is bound to step ${i}`);
    const shape = shapes.get(key) ?? {
      key,
      step,
      bindGroup,
      kernels: kernelsOf(program, step, adapter, precision),
      flop: 0,
    };
    shape.flop += flopOf(program, step);
    shapes.set(key, shape);
  }
  return [...shapes.values()];
}

function unmeasured({ key, kernels }: Shape, winner: string | undefined): Choice {
  const inherited = kernels.find(({ name }) => name === winner);
  const kernel = inherited ?? kernels[0];
  if (!kernel) throw new Error(`no kernel computes ${key}`);
  return { shape: key, kernel, by: inherited ? 'inherited' : 'default', seconds: {} };
}

async function measuredChoice(engine: GpuEngine, shape: Shape, deadline: number): Promise<Choice> {
  const seconds: Record<string, number> = {};
  let best: { readonly kernel: Kernel; readonly seconds: number } | null = null;
  for (const kernel of shape.kernels) {
    if (best && performance.now() > deadline) break;
    const least = await leastSeconds(engine, shape, kernel, best?.seconds ?? Infinity);
    seconds[kernel.name] = least;
    if (!best || least < best.seconds) best = { kernel, seconds: least };
  }
  return best
    ? { shape: shape.key, kernel: best.kernel, by: 'measured', seconds }
    : unmeasured(shape, undefined);
}

async function leastSeconds(
  engine: GpuEngine,
  { bindGroup }: Shape,
  kernel: Kernel,
  best: number,
): Promise<number> {
  const pipeline = await engine.until(engine.pipelineOf(kernel));
  const batch = async (dispatches: number): Promise<number> => {
    const encoder = engine.device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, bindGroup);
    for (let i = 0; i < dispatches; i++) pass.dispatchWorkgroups(...kernel.groups);
    pass.end();
    const seconds = await engine.submitted(encoder.finish());
    return Math.max(0, seconds - engine.submitSeconds) / dispatches;
  };
  // The first one also ends the compilation of those browsers that put it off.
  await batch(1);
  const first = await batch(1);
  if (first > 4 * best + BATCH_SECONDS) return first;
  const dispatches = Math.min(256, Math.max(1, Math.ceil(BATCH_SECONDS / Math.max(first, 1e-6))));
  let least = Infinity;
  for (let i = 0; i < BATCHES; i++) {
    least = Math.min(least, await batch(dispatches));
    if (least > HOPELESS * best) break;
  }
  return least;
}

/** What makes two steps the same work. */
function shapeKey(program: Program, step: Step, precision: Precision): string {
  const [input, output] = [mapAt(program.maps, step.input), mapAt(program.maps, step.output)];
  const other = otherOf(step) === null ? '' : ' + map';
  return `${windowKey(program, step)}, ${input.channels} → ${output.channels} @ ${output.height} × ${output.width}${other}, ${precision}`;
}

function windowKey(program: Program, step: Step): string {
  const { kernel, strides, dilations } = windowOfStep(program, step);
  const spread = Math.max(...dilations) > 1 ? `, dilation ${dilations.join(' × ')}` : '';
  const stride = Math.max(...strides) > 1 ? `, stride ${strides.join(' × ')}` : '';
  return `${step.kind} ${kernel.join(' × ')}${stride}${spread}`;
}
