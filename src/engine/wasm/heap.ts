/** @file The memory of a program, laid out before it is made: addresses are given out once and nothing is freed. */
import type { Kernel } from './kernels/kernel.ts';

/** Regions begin at cache lines. */
const ALIGNMENT = 64;
const PAGE_BYTES = 65_536;

export class Heap {
  /** A dry heap makes room for weights but holds none: for timing, which they are not needed for. */
  private readonly isDry: boolean;
  /** Address 0 means "none". */
  private end = ALIGNMENT;
  private readonly contents: (readonly [address: number, data: Float32Array | Int32Array])[] = [];

  constructor(isDry = false) {
    this.isDry = isDry;
  }

  reserve(bytes: number): number {
    const address = this.end;
    this.end = Math.ceil((address + bytes) / ALIGNMENT) * ALIGNMENT;
    return address;
  }

  put(data: Float32Array | Int32Array): number {
    const address = this.reserve(data.byteLength);
    this.contents.push([address, data]);
    return address;
  }

  /** Room for `length` f32, and in it what `pack` makes. */
  putWeights(length: number, pack: () => Float32Array): number {
    return this.isDry ? this.reserve(4 * length) : this.put(pack());
  }

  /** Writes a kernel's descriptor; numbers that are no addresses or counts are given as `lanes`. */
  describe<Field extends string>(
    { fields }: Kernel<Field>,
    values: Readonly<Record<Field, number>>,
    lanes: readonly Field[],
  ): number {
    const words = new Int32Array(fields.length);
    const numbers = new Float32Array(words.buffer);
    for (const [i, field] of fields.entries()) {
      if (lanes.includes(field)) numbers[i] = values[field];
      else words[i] = values[field];
    }
    return this.put(words);
  }

  /** Memory with everything in place; throws a RangeError where the browser has not as much. */
  build(shared: boolean): WebAssembly.Memory {
    const pages = Math.ceil(this.end / PAGE_BYTES);
    const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared });
    for (const [address, data] of this.contents) {
      const { constructor: View } = data;
      if (View === Int32Array) new Int32Array(memory.buffer, address, data.length).set(data);
      else new Float32Array(memory.buffer, address, data.length).set(data);
    }
    // They are in the memory now.
    this.contents.length = 0;
    return memory;
  }
}
