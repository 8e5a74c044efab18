/** @file The ends of a program: planes of f32 `[C, H, W]`, as everything outside has them, to and from maps of either precision. */
import type { GpuEngine } from './engine.ts';
import packSource from './kernels/pack.wgsl?raw';
import unpackSource from './kernels/unpack.wgsl?raw';
import { hasBorder, mapAt, type MapLayout } from './layout.ts';
import { encode, type Launch } from './launch.ts';
import { storedIn } from './precision.ts';
import type { Resources } from './resources.ts';
import { planesOf } from './shape.ts';

const FLOAT_BYTES = 4;
/** As in the shaders. */
const LANES = 64;
const GROUPS_X = 65_535;

export const elementsOf = ({ channels, height, width }: MapLayout): number => channels * height * width;

async function launchOf(
  engine: GpuEngine,
  resources: Resources,
  source: string,
  layout: MapLayout,
  [from, to]: readonly [GPUBuffer, GPUBuffer],
): Promise<Launch> {
  const code = storedIn(resources.precision, source);
  const pipeline = await engine.until(engine.pipelineOf({ code, constants: {} }, true));
  const uniform = resources.filled(planesOf(layout), GPUBufferUsage.UNIFORM);
  const bindGroup = engine.device.createBindGroup({
    layout: pipeline.getBindGroupLayout(0),
    entries: [uniform, from, to].map((buffer, binding) => ({ binding, resource: { buffer } })),
  });
  const groups = Math.ceil((layout.height * layout.width) / LANES);
  return {
    pipeline,
    bindGroup,
    groups: [Math.min(groups, GROUPS_X), Math.ceil(groups / GROUPS_X), layout.quads],
  };
}

/** Takes the input of a frame. */
export class InputMap {
  readonly dispatches = 1;
  /** Of the map. */
  readonly index: number;
  readonly layout: MapLayout;
  private readonly device: GPUDevice;
  private readonly planes: GPUBuffer;
  private readonly launch: Launch;

  static async of(engine: GpuEngine, resources: Resources, index: number): Promise<InputMap> {
    const layout = mapAt(resources.layouts, index);
    const { STORAGE, COPY_DST } = GPUBufferUsage;
    const planes = resources.buffer(elementsOf(layout) * FLOAT_BYTES, STORAGE | COPY_DST);
    const ends = [planes, resources.mapBuffer(index)] as const;
    const launch = await launchOf(engine, resources, packSource, layout, ends);
    return new InputMap(engine.device, { index, layout, planes, launch });
  }

  private constructor(
    device: GPUDevice,
    parts: Pick<InputMap, 'index' | 'layout'> & { readonly planes: GPUBuffer; readonly launch: Launch },
  ) {
    this.device = device;
    this.index = parts.index;
    this.layout = parts.layout;
    this.planes = parts.planes;
    this.launch = parts.launch;
  }

  write(input: Float32Array): void {
    const wanted = elementsOf(this.layout);
    if (input.length !== wanted) throw new Error(`the input has ${input.length} values, not ${wanted}`);
    this.device.queue.writeBuffer(this.planes, 0, input);
  }

  encode(pass: GPUComputePassEncoder): void {
    encode(pass, this.launch);
  }
}

/** Gives the output of a frame. A single pixel in fp32 lies in its map as it lies in planes. */
export class OutputMap {
  readonly dispatches: number;
  private readonly engine: GpuEngine;
  private readonly resources: Resources;
  private readonly source: GPUBuffer;
  private readonly bytes: number;
  private readonly launch: Launch | null;
  /** Buffers that no frame on its way waits for: in the steady state as many as frames at once. */
  private readonly idle: GPUBuffer[] = [];

  static async of(engine: GpuEngine, resources: Resources, index: number): Promise<OutputMap> {
    const layout = mapAt(resources.layouts, index);
    const map = resources.mapBuffer(index);
    const bytes = elementsOf(layout) * FLOAT_BYTES;
    const isPlane = layout.height * layout.width === 1 && !hasBorder(layout);
    if (isPlane && resources.precision === 'fp32') return new OutputMap(engine, resources, map, bytes, null);
    const planes = resources.buffer(bytes, GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC);
    const launch = await launchOf(engine, resources, unpackSource, layout, [map, planes]);
    return new OutputMap(engine, resources, planes, bytes, launch);
  }

  private constructor(
    engine: GpuEngine,
    resources: Resources,
    source: GPUBuffer,
    bytes: number,
    launch: Launch | null,
  ) {
    this.engine = engine;
    this.resources = resources;
    this.source = source;
    this.bytes = bytes;
    this.launch = launch;
    this.dispatches = launch ? 1 : 0;
  }

  encode(pass: GPUComputePassEncoder): void {
    if (this.launch) encode(pass, this.launch);
  }

  /** Submits what was encoded and waits for the output. */
  async read(encoder: GPUCommandEncoder): Promise<Float32Array<ArrayBuffer>> {
    const { engine, bytes } = this;
    const { MAP_READ, COPY_DST } = GPUBufferUsage;
    const staging = this.idle.pop() ?? this.resources.buffer(bytes, MAP_READ | COPY_DST);
    encoder.copyBufferToBuffer(this.source, 0, staging, 0, bytes);
    engine.device.queue.submit([encoder.finish()]);
    await engine.until(staging.mapAsync(GPUMapMode.READ, 0, bytes));
    const output = new Float32Array(staging.getMappedRange(0, bytes).slice(0));
    staging.unmap();
    this.idle.push(staging);
    return output;
  }
}
