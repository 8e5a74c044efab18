/**
 * @file A program on the GPU. Everything is made at load: a frame writes its input, submits one command buffer and reads its output
 * back. Several frames may be on their way at once; the queue keeps their order.
 */
import type { Precision } from '../../core/engine.ts';
import type { ImageInput } from '../../core/image/image-input.ts';
import type { Program } from '../program.ts';
import type { Choice } from './choice.ts';
import type { GpuEngine } from './engine.ts';
import { elementsOf, InputMap, OutputMap } from './ends.ts';
import { encode, type Launch } from './launch.ts';
import { PictureInput, sizeOf, type Picture } from './picture-input.ts';
import { Resources } from './resources.ts';
import { selectKernels, type SelectOptions } from './select.ts';
import { StepClock } from './step-clock.ts';

/** Measuring stops here unless asked otherwise: the rest of the kernels are the likeliest ones. */
const SELECT_SECONDS = 1;

const DISPOSED = 'the program is disposed';

export interface LoadOptions extends SelectOptions {
  /** fp16 on a device that has `shader-f16`. */
  readonly precision: Precision;
}

export interface TimedRun {
  readonly output: Float32Array<ArrayBuffer>;
  /** Of each step in the order of the program; null where the device has no clock. */
  readonly stepSeconds: readonly number[] | null;
}

interface Parts {
  readonly engine: GpuEngine;
  readonly resources: Resources;
  readonly input: InputMap;
  readonly output: OutputMap;
  readonly launches: readonly Launch[];
  readonly choices: readonly Choice[];
}

export class GpuProgram {
  /** Which kernel computes each step, and why. */
  readonly choices: readonly Choice[];
  /** Dispatches of one frame. */
  readonly dispatches: number;
  private readonly parts: Parts;
  private clock: StepClock | null = null;
  private picture: PictureInput | null = null;
  private isDisposed = false;

  /** Throws what the device refuses or its loss, with its words. */
  static load(
    engine: GpuEngine,
    program: Program,
    { selectSeconds = SELECT_SECONDS, only = () => true, precision = 'fp32' }: Partial<LoadOptions> = {},
  ): Promise<GpuProgram> {
    return engine.checked(() => GpuProgram.of(engine, program, { selectSeconds, only, precision }));
  }

  private static async of(engine: GpuEngine, program: Program, options: LoadOptions): Promise<GpuProgram> {
    const resources = new Resources(engine, program, options.precision);
    try {
      const input = await InputMap.of(engine, resources, program.input);
      const output = await OutputMap.of(engine, resources, program.output);
      const choices = await selectKernels(engine, program, resources, options);
      const launches = await Promise.all(
        choices.map(async ({ kernel }, i): Promise<Launch> => {
          const bindGroup = resources.bindGroups[i];
          if (!bindGroup) throw new Error(`nothing is bound to step ${i}`);
          return {
            pipeline: await engine.until(engine.pipelineOf(kernel)),
            bindGroup,
            groups: kernel.groups,
          };
        }),
      );
      const made = new GpuProgram({ engine, resources, input, output, launches, choices });
      // What only shows when it runs is refused here too.
      await made.run(new Float32Array(elementsOf(input.layout)));
      return made;
    } catch (thrown) {
      resources.dispose();
      throw thrown;
    }
  }

  private constructor(parts: Parts) {
    this.parts = parts;
    this.choices = parts.choices;
    this.dispatches = parts.launches.length + parts.input.dispatches + parts.output.dispatches;
  }

  /** Of maps and weights; inputs and outputs are f32 always. */
  get precision(): Precision {
    return this.parts.resources.precision;
  }

  /** Bytes on the GPU: maps, weights and ends. */
  get bytes(): number {
    return this.parts.resources.bytes;
  }

  /** `[C, H, W]` of the output for `[C, H, W]` of the input. Throws when the device is lost. */
  async run(input: Float32Array): Promise<Float32Array<ArrayBuffer>> {
    this.write(input);
    return this.frame(this.parts.input);
  }

  /**
   * The same for a picture as it is shown, which becomes the input on the GPU; the caller closes it. For one size and one input at a
   * time. Throws what the browser cannot copy, and an `input` of another shape than the program's.
   */
  async runPicture(picture: Picture, input: ImageInput): Promise<Float32Array<ArrayBuffer>> {
    if (this.isDisposed) throw new Error(DISPOSED);
    const found = await this.pictureInput(picture, input);
    found.write(picture);
    return this.frame(found);
  }

  /** The same with the seconds of each step by the GPU's own clock, the mean of `repeats` in a row: clocks are coarse. */
  async runTimed(input: Float32Array, repeats = 1): Promise<TimedRun> {
    const { engine, launches, resources } = this.parts;
    if (!engine.device.features.has('timestamp-query'))
      return { output: await this.run(input), stepSeconds: null };
    this.write(input);
    this.clock ??= new StepClock(engine, resources, launches.length);
    const { clock } = this;
    const encoder = engine.device.createCommandEncoder();
    const first = encoder.beginComputePass();
    this.parts.input.encode(first);
    first.end();
    for (const [i, launch] of launches.entries()) {
      const pass = encoder.beginComputePass({ timestampWrites: clock.writesOf(i) });
      // A step reads what others wrote and writes elsewhere: again is the same.
      for (let turn = 0; turn < repeats; turn++) encode(pass, launch);
      pass.end();
    }
    const last = encoder.beginComputePass();
    this.parts.output.encode(last);
    last.end();
    clock.encode(encoder);
    const output = await this.parts.output.read(encoder);
    const seconds = await clock.read();
    return { output, stepSeconds: seconds.map((each) => each / repeats) };
  }

  /** Frees what it has on the GPU; frames on their way are refused. */
  dispose(): void {
    this.isDisposed = true;
    this.clock?.dispose();
    this.picture?.dispose();
    this.parts.resources.dispose();
  }

  private frame(input: Pick<InputMap, 'encode'>): Promise<Float32Array<ArrayBuffer>> {
    const encoder = this.parts.engine.device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    input.encode(pass);
    for (const launch of this.parts.launches) encode(pass, launch);
    this.parts.output.encode(pass);
    pass.end();
    return this.parts.output.read(encoder);
  }

  private async pictureInput(picture: Picture, input: ImageInput): Promise<PictureInput> {
    const { width, height } = sizeOf(picture);
    const known = this.picture;
    if (known?.width === width && known.height === height && known.input === input) return known;
    const { engine, resources, input: ends } = this.parts;
    const { precision } = resources;
    const target = { precision, layout: ends.layout, map: resources.mapBuffer(ends.index) };
    const made = await engine.checked(async () => {
      const way = await PictureInput.of(engine, target, input, { width, height });
      // What the device refuses to copy shows here, not as a wrong result.
      way.write(picture);
      return way;
    });
    known?.dispose();
    this.picture = made;
    return made;
  }

  private write(input: Float32Array): void {
    if (this.isDisposed) throw new Error(DISPOSED);
    this.parts.input.write(input);
  }
}
