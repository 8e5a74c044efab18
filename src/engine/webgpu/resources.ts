/** @file The buffers of a program, made once: feature maps by the memory plan, weights, uniforms, and what is bound to each step. */
import type { Precision } from '../../core/engine.ts';
import type { Program, Step } from '../program.ts';
import type { GpuEngine } from './engine.ts';
import { layoutsOf, mapAt, type MapLayout } from './layout.ts';
import { planMemory } from './memory-plan.ts';
import { packConvolution, packDepthwise } from './pack.ts';
import { bytesOf, QUAD_BYTES } from './precision.ts';
import { otherOf, shapeOf, UNIFORM_BYTES } from './shape.ts';

export class Resources {
  readonly precision: Precision;
  readonly layouts: readonly MapLayout[];
  /** What each step reads and writes, in the order of the program. */
  readonly bindGroups: readonly GPUBindGroup[];
  private readonly device: GPUDevice;
  private readonly maps: readonly GPUBuffer[];
  private readonly bufferOf: readonly number[];
  private readonly buffers: GPUBuffer[] = [];

  constructor({ device, bindings }: GpuEngine, program: Program, precision: Precision) {
    this.device = device;
    this.precision = precision;
    this.layouts = layoutsOf(program);
    const plan = planMemory(program, this.layouts);
    this.bufferOf = plan.bufferOf;
    const { STORAGE, COPY_SRC, UNIFORM } = GPUBufferUsage;
    this.maps = plan.lengths.map((length) => this.buffer(length * QUAD_BYTES[precision], STORAGE | COPY_SRC));
    const nothing = this.buffer(QUAD_BYTES.fp32, STORAGE);
    const shapes = program.steps.map((step) => shapeOf(program, this.layouts, step, precision));
    const uniforms = this.filled(joined(shapes), UNIFORM);
    this.bindGroups = program.steps.map((step, i) => {
      const weights = weightsOf(program, step);
      const other = otherOf(step);
      const resources = [
        { buffer: uniforms, offset: i * UNIFORM_BYTES, size: UNIFORM_BYTES },
        { buffer: this.mapBuffer(step.input) },
        { buffer: weights ? this.filled(bytesOf(weights, precision), STORAGE) : nothing },
        { buffer: other === null ? nothing : this.mapBuffer(other) },
        { buffer: this.mapBuffer(step.output) },
      ];
      return device.createBindGroup({
        layout: bindings,
        entries: resources.map((resource, binding) => ({ binding, resource })),
      });
    });
  }

  /** Bytes on the GPU. */
  get bytes(): number {
    return this.buffers.reduce((sum, { size }) => sum + size, 0);
  }

  /** Where a map lives while it is needed. */
  mapBuffer(index: number): GPUBuffer {
    const buffer = this.maps[this.bufferOf[index] ?? -1];
    if (!buffer) throw new Error(`map ${index} has no buffer`);
    return buffer;
  }

  /** A buffer that ends with the program. */
  buffer(size: number, usage: GPUBufferUsageFlags, mappedAtCreation = false): GPUBuffer {
    const buffer = this.device.createBuffer({ size, usage, mappedAtCreation });
    this.buffers.push(buffer);
    return buffer;
  }

  filled(contents: ArrayBuffer, usage: GPUBufferUsageFlags): GPUBuffer {
    const buffer = this.buffer(contents.byteLength, usage, true);
    new Uint8Array(buffer.getMappedRange()).set(new Uint8Array(contents));
    buffer.unmap();
    return buffer;
  }

  dispose(): void {
    for (const buffer of this.buffers.splice(0)) buffer.destroy();
  }
}

function weightsOf(program: Program, step: Step): Float32Array<ArrayBuffer> | null {
  if (step.kind === 'convolution') return packConvolution(step, mapAt(program.maps, step.input).channels);
  return step.kind === 'depthwise' ? packDepthwise(step) : null;
}

function joined(parts: readonly ArrayBuffer[]): ArrayBuffer {
  const bytes = new Uint8Array(parts.reduce((sum, { byteLength }) => sum + byteLength, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(new Uint8Array(part), at);
    at += part.byteLength;
  }
  return bytes.buffer;
}
