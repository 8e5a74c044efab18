/** @file Processors on our own engine (engine/): segments whose every node it knows, which it is given lowered. */
import type { ImageInput } from '../core/image/image-input.ts';
import type { Precision, PrecisionPreference } from '../core/engine.ts';
import { threadsOf, type ProcessorId } from '../core/profile/profile.ts';
import { meansOfFastRuns } from '../core/stats.ts';
import type { Program, Step } from '../engine/program.ts';
import { WasmEngine } from '../engine/wasm/engine.ts';
import { Tuner, type Tuning } from '../engine/wasm/tune.ts';
import type { WasmProgram } from '../engine/wasm/wasm-program.ts';
import { loadFastest } from '../engine/webgpu/choose-precision.ts';
import { GpuEngine } from '../engine/webgpu/engine.ts';
import { GpuProgram } from '../engine/webgpu/gpu-program.ts';
import type { GpuHandle } from '../gpu/device.ts';
import { takeLowered, type Lowered } from './lowered.ts';
import type { Picture } from './picture.ts';
import type { NodeSeconds, ProfiledSegment, Processor, Segment } from './processor.ts';

export interface FusedProcessor extends Processor {
  /** Measures which kernels are the fastest for a segment's shapes; segments that are loaded after that use them. */
  tune(bytes: Uint8Array, seconds: number): Tuning;
  /** Takes over what another worker measured. */
  adopt(tuning: Tuning): void;
}

/** On the GPU of `gpu`, which must be given for `webgpu`. */
export async function openFusedProcessor(
  id: ProcessorId,
  gpu: GpuHandle | null = null,
): Promise<FusedProcessor> {
  return gpu
    ? new GpuProcessor(id, await GpuEngine.open(gpu))
    : new WasmProcessor(id, await WasmEngine.open(threadsOf(id)));
}

/** Seconds of each step of one run; null where nothing tells. */
type StepSeconds = readonly number[] | null;

/** What the steps of some runs took. A step is its first node; what it does for the others is in it. */
class Profile {
  private readonly runs: (readonly number[])[] = [];

  see(seconds: StepSeconds): void {
    if (seconds) this.runs.push(seconds);
  }

  /** The first run warms up. */
  of(steps: readonly Step[]): readonly NodeSeconds[] {
    const seconds = meansOfFastRuns(this.runs.length > 1 ? this.runs.slice(1) : this.runs);
    return steps.flatMap(({ nodes: [node = ''] }, i) => {
      const each = seconds[i];
      return each === undefined ? [] : { node, seconds: each };
    });
  }
}

class WasmProcessor implements FusedProcessor {
  readonly id: ProcessorId;
  private readonly engine: WasmEngine;
  private readonly tuner: Tuner;

  constructor(id: ProcessorId, engine: WasmEngine) {
    this.id = id;
    this.engine = engine;
    // A kernel alone on one thread, whatever the engine's programs run on.
    this.tuner = new Tuner({ relaxed: engine.target.relaxed, shared: false });
  }

  async load(bytes: Uint8Array): Promise<Segment> {
    const { program, inputShape } = must(bytes);
    return new WasmSegment(this.engine, await this.engine.load(program, this.tuner.choose), inputShape);
  }

  async loadProfiled(bytes: Uint8Array): Promise<ProfiledSegment> {
    const { program, inputShape } = must(bytes);
    const loaded = await this.engine.load(program, this.tuner.choose);
    return new ProfiledWasmSegment(this.engine, loaded, inputShape);
  }

  tune(bytes: Uint8Array, seconds: number): Tuning {
    return this.tuner.tune(must(bytes).program, seconds);
  }

  adopt(tuning: Tuning): void {
    this.tuner.adopt(tuning);
  }
}

class WasmSegment implements Segment {
  readonly inputShape: readonly number[];
  protected readonly program: WasmProgram;
  private readonly engine: WasmEngine;

  constructor(engine: WasmEngine, program: WasmProgram, inputShape: readonly number[]) {
    this.engine = engine;
    this.program = program;
    this.inputShape = inputShape;
  }

  run(input: Float32Array): Promise<Float32Array<ArrayBuffer>> {
    return Promise.resolve(this.program.run(input));
  }

  watched(): ProfiledSegment {
    return new ProfiledWasmSegment(this.engine, this.program, this.inputShape);
  }

  dispose(): Promise<void> {
    return this.engine.unload(this.program);
  }
}

class ProfiledWasmSegment extends WasmSegment implements ProfiledSegment {
  private readonly profile = new Profile();

  override run(input: Float32Array): Promise<Float32Array<ArrayBuffer>> {
    const { output, steps } = this.program.runTimed(input);
    this.profile.see(steps.map(({ seconds }) => seconds));
    return Promise.resolve(output);
  }

  endProfile(): Promise<readonly NodeSeconds[]> {
    return Promise.resolve(this.profile.of(this.program.steps));
  }
}

class GpuProcessor implements FusedProcessor {
  readonly id: ProcessorId;
  private readonly engine: GpuEngine;

  constructor(id: ProcessorId, engine: GpuEngine) {
    this.id = id;
    this.engine = engine;
  }

  async load(bytes: Uint8Array, precision?: PrecisionPreference): Promise<Segment> {
    const { program, inputShape } = must(bytes);
    return new GpuSegment(await this.programOf(program, precision), inputShape);
  }

  async loadProfiled(bytes: Uint8Array, precision?: PrecisionPreference): Promise<ProfiledSegment> {
    const { program, inputShape } = must(bytes);
    return new ProfiledGpuSegment(await this.programOf(program, precision), inputShape, program.steps);
  }

  private async programOf(program: Program, precision: PrecisionPreference = 'fp32'): Promise<GpuProgram> {
    if (precision === 'fastest') return (await loadFastest(this.engine, program)).program;
    return GpuProgram.load(this.engine, program, { precision });
  }

  /** Kernels are chosen at load, on this GPU, and remembered there. */
  tune(): Tuning {
    return [];
  }

  adopt(): void {
    // What WASM measured says nothing of a GPU.
  }
}

class GpuSegment implements Segment {
  readonly inputShape: readonly number[];
  protected readonly program: GpuProgram;

  constructor(program: GpuProgram, inputShape: readonly number[]) {
    this.program = program;
    this.inputShape = inputShape;
  }

  get precision(): Precision {
    return this.program.precision;
  }

  run(input: Float32Array): Promise<Float32Array<ArrayBuffer>> {
    return this.program.run(input);
  }

  runPicture(picture: Picture, input: ImageInput): Promise<Float32Array<ArrayBuffer>> {
    return this.program.runPicture(picture, input);
  }

  dispose(): Promise<void> {
    this.program.dispose();
    return Promise.resolve();
  }
}

/** Each step so often in a row: browsers round the GPU's clock. */
const REPEATS = 4;

class ProfiledGpuSegment extends GpuSegment implements ProfiledSegment {
  private readonly steps: readonly Step[];
  private readonly profile = new Profile();

  constructor(program: GpuProgram, inputShape: readonly number[], steps: readonly Step[]) {
    super(program, inputShape);
    this.steps = steps;
  }

  override async run(input: Float32Array): Promise<Float32Array<ArrayBuffer>> {
    const { output, stepSeconds } = await this.program.runTimed(input, REPEATS);
    this.profile.see(stepSeconds);
    return output;
  }

  endProfile(): Promise<readonly NodeSeconds[]> {
    return Promise.resolve(this.profile.of(this.steps));
  }
}

function must(bytes: Uint8Array): Lowered {
  const lowered = takeLowered(bytes);
  if (lowered.ok) return lowered.value;
  const { node, detail } = lowered.error;
  throw new Error(`our engine does not run ${node === '' ? 'this' : `“${node}”`}: ${detail}`);
}
