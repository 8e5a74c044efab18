/**
 * @file A Processor on our own engine (engine/): segments whose every node it knows, on `wasm:T`. What it cannot run it refuses as
 * `Obstacle`, before anything is loaded.
 */
import { foldConstants } from '../core/graph/fold-constants.ts';
import { inferShapes } from '../core/graph/infer-shapes.ts';
import { parseModel } from '../core/onnx/parse.ts';
import { threadsOf, type ProcessorId } from '../core/profile/profile.ts';
import { err, ok, type Result } from '../core/result.ts';
import { lowerQuartile } from '../core/stats.ts';
import { lower, type Obstacle } from '../engine/lower.ts';
import type { Program } from '../engine/program.ts';
import { WasmEngine } from '../engine/wasm/engine.ts';
import { Tuner, type Tuning } from '../engine/wasm/tune.ts';
import type { WasmProgram } from '../engine/wasm/wasm-program.ts';
import type { NodeSeconds, ProfiledSegment, Processor, Segment } from './processor.ts';

/** A segment as our engine runs it, and the shape of its input as the model says it. */
export interface Lowered {
  readonly program: Program;
  readonly inputShape: readonly number[];
}

/** Whether the engine can run these ONNX bytes, and what it would run. */
export function lowerBytes(bytes: Uint8Array): Result<Lowered, Obstacle> {
  const parsed = parseModel(bytes);
  if (!parsed.ok) return err({ node: '', detail: 'it cannot be read' });
  const { graph } = foldConstants(parsed.value);
  const values = inferShapes(graph);
  if (!values.ok) return err({ node: values.error.node, detail: values.error.detail });
  const program = lower(graph, values.value);
  return program.ok ? ok({ program: program.value, inputShape: graph.inputs[0]?.shape ?? [] }) : program;
}

export async function openFusedProcessor(id: ProcessorId): Promise<FusedProcessor> {
  return new FusedProcessor(id, await WasmEngine.open(threadsOf(id)));
}

export class FusedProcessor implements Processor {
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
    const lowered = must(lowerBytes(bytes));
    return new FusedSegment(this.engine, await this.open(lowered), lowered.inputShape);
  }

  async loadProfiled(bytes: Uint8Array): Promise<ProfiledSegment> {
    const lowered = must(lowerBytes(bytes));
    return new ProfiledFusedSegment(this.engine, await this.open(lowered), lowered.inputShape);
  }

  /** Measures which kernels are the fastest for a segment's shapes; segments that are loaded after that use them. */
  tune(bytes: Uint8Array, seconds: number): Tuning {
    return this.tuner.tune(must(lowerBytes(bytes)).program, seconds);
  }

  /** Takes over what another worker measured. */
  adopt(tuning: Tuning): void {
    this.tuner.adopt(tuning);
  }

  private open({ program }: Lowered): Promise<WasmProgram> {
    return this.engine.load(program, this.tuner.choose);
  }
}

class FusedSegment implements Segment {
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

  dispose(): Promise<void> {
    return this.engine.unload(this.program);
  }
}

class ProfiledFusedSegment extends FusedSegment implements ProfiledSegment {
  /** Seconds of each step, run after run. */
  private readonly runs: (readonly number[])[] = [];

  override run(input: Float32Array): Promise<Float32Array<ArrayBuffer>> {
    const { output, steps } = this.program.runTimed(input);
    this.runs.push(steps.map(({ seconds }) => seconds));
    return Promise.resolve(output);
  }

  /** A step is its first node; what it does for the others costs next to nothing and is in it. */
  endProfile(): Promise<readonly NodeSeconds[]> {
    const warm = this.runs.length > 1 ? this.runs.slice(1) : this.runs;
    return Promise.resolve(
      this.program.steps.map(({ nodes: [node = ''] }, i) => ({
        node,
        seconds: lowerQuartile(warm.map((run) => run[i] ?? 0)) ?? 0,
      })),
    );
  }
}

function must<T>(result: Result<T, Obstacle>): T {
  if (result.ok) return result.value;
  const { node, detail } = result.error;
  throw new Error(`our engine does not run ${node === '' ? 'this' : `“${node}”`}: ${detail}`);
}
