/** @file A program to calls of kernels over one memory: where everything lies, and what is called in which order. */
import {
  flopOf,
  type ConvolutionStep,
  type DepthwiseStep,
  type MapIndex,
  type Program,
  type Step,
} from '../program.ts';
import { Heap } from './heap.ts';
import { depthwise } from './kernels/depthwise.ts';
import { BLOCK, PLACE_BYTES, type Kernel } from './kernels/kernel.ts';
import { addMaps, border, mean, pack, place, unpack, type PlanarField } from './kernels/maps.ts';
import { layoutsOf, placeMaps, placeOffset, type MapLayout } from './layout.ts';
import {
  callOf,
  variantsOf,
  type Call,
  type ConvolutionParts,
  type PlacedMap,
  type Variant,
} from './variants.ts';
import { depthwisePanelsOf, wholeBlocks } from './weights.ts';

/** A step of the program: calls that may run in any order and at once; before the next all have ended. */
export interface Phase {
  /** The program's step; null for what only moves data. */
  readonly step: Step | null;
  readonly flop: number;
  readonly calls: readonly Call[];
  /** Whether threads that are done with their part help the others. */
  readonly helps: boolean;
  /** How a convolution is computed. */
  readonly variant: Variant | null;
}

/** Where the caller writes the input, or reads the output: `[C][H][W]`. */
export interface TensorPlace {
  readonly address: number;
  /** f32. */
  readonly length: number;
}

export interface Compiled {
  readonly heap: Heap;
  readonly phases: readonly Phase[];
  readonly input: TensorPlace;
  readonly output: TensorPlace;
  /** Address of each thread's own memory. */
  readonly scratch: readonly number[];
}

export type Choose = (parts: ConvolutionParts, variants: readonly Variant[]) => Variant | undefined;

export interface CompileOptions {
  readonly threads: number;
  readonly choose: Choose;
  /** For timing: convolutions get no weights. */
  readonly isDry?: boolean;
}

export function compile(program: Program, options: CompileOptions): Compiled {
  return new Compiler(program, options).compile();
}

/** Places of a tile of a depthwise convolution. */
const DEPTHWISE_PLACES = 4;
const NONE = [] as const;
/** FLOP of a thread's part, some µs of work: of less, to see whether there is work left takes longer than it saves. */
const LEAST_HELPED = 2e5;

class Compiler {
  private readonly heap: Heap;
  private readonly program: Program;
  private readonly choose: Choose;
  private readonly threads: number;
  private readonly maps: readonly PlacedMap[];
  private readonly isAlone: readonly boolean[];

  constructor(program: Program, { threads, choose, isDry = false }: CompileOptions) {
    this.heap = new Heap(isDry);
    this.program = program;
    this.choose = choose;
    this.threads = threads;
    const layouts = layoutsOf(program);
    const { offsets, isAlone, bytes } = placeMaps(program, layouts);
    const base = this.heap.reserve(bytes);
    this.maps = layouts.map((layout, i) => ({ ...layout, address: base + (offsets[i] ?? 0) }));
    this.isAlone = isAlone;
  }

  compile(): Compiled {
    const { program, heap, threads } = this;
    const [input, output] = [this.map(program.input), this.map(program.output)];
    const [tensor, result] = [this.tensorOf(input), this.tensorOf(output)];
    const phases = [
      // The borders of a map of planes are never written, and its memory is nobody else's.
      this.moving(
        isPlanar(input)
          ? [this.transfer(place, input, tensor)]
          : [this.transfer(pack, input, tensor), ...this.borderOf(program.input)],
      ),
      ...program.steps.map((step): Phase => this.phase(step)),
      this.moving([this.transfer(unpack, output, result)]),
    ];
    const scratchBytes = Math.max(
      0,
      ...phases.flatMap(({ calls }) => calls.map((call) => call.scratchBytes)),
    );
    const scratch = Array.from({ length: threads }, () => heap.reserve(scratchBytes));
    return { heap, phases, input: tensor, output: result, scratch };
  }

  private phase(step: Step): Phase {
    const flop = flopOf(this.program, step);
    const border = this.borderOf(step.output);
    const helps = flop >= LEAST_HELPED * this.threads;
    if (step.kind !== 'convolution')
      return { step, flop, helps, variant: null, calls: [...border, this.call(step)] };
    const parts = {
      step,
      input: this.map(step.input),
      output: this.map(step.output),
      residual: step.residual === null ? null : this.map(step.residual),
    };
    const variants = variantsOf(parts);
    const variant = this.choose(parts, variants) ?? variants[0];
    if (!variant) throw new Error('a convolution can always be computed directly');
    return {
      step,
      flop,
      helps,
      variant,
      calls: [...border, callOf(this.heap, parts, variant, this.threads)],
    };
  }

  private call(step: Exclude<Step, ConvolutionStep>): Call {
    const [input, output] = [this.map(step.input), this.map(step.output)];
    if (step.kind === 'depthwise') return this.depthwise(step, input, output);
    if (step.kind === 'mean') {
      const descriptor = this.heap.describe(
        mean,
        {
          ...origin('map', input),
          plane: input.planeBytes,
          rowBytes: input.rowBytes,
          columnBytes: input.width * PLACE_BYTES,
          rows: input.height,
          scale: 1 / (input.height * input.width),
          ...origin('output', output),
          outputPlane: output.planeBytes,
          ...step.clamp,
        },
        ['scale', 'min', 'max'],
      );
      return { kernel: mean, descriptor, items: input.planes, scratchBytes: 0 };
    }
    const other = step.other === null ? null : this.map(step.other);
    const descriptor = this.heap.describe(
      addMaps,
      {
        ...origin('map', input),
        plane: input.planeBytes,
        rowBytes: input.rowBytes,
        other: other ? origin('other', other).other : 0,
        otherPlane: other?.planeBytes ?? 0,
        otherRowBytes: other?.rowBytes ?? 0,
        ...origin('output', output),
        outputPlane: output.planeBytes,
        outputRowBytes: output.rowBytes,
        rows: input.height,
        columnBytes: input.width * PLACE_BYTES,
        ...step.clamp,
      },
      ['min', 'max'],
    );
    return { kernel: addMaps, descriptor, items: input.planes * input.height, scratchBytes: 0 };
  }

  private depthwise(step: DepthwiseStep, input: PlacedMap, output: PlacedMap): Call {
    const kernel = depthwise({ ...step, places: Math.min(DEPTHWISE_PLACES, output.width) });
    const descriptor = this.heap.describe(
      kernel,
      {
        input: input.address + placeOffset(input, -step.pads[0], -step.pads[1]),
        inputPlane: input.planeBytes,
        inputRow: input.rowBytes,
        weights: this.heap.put(depthwisePanelsOf(step)),
        bias: this.heap.put(wholeBlocks(step.bias)),
        ...origin('output', output),
        outputPlane: output.planeBytes,
        outputRow: output.rowBytes,
        rows: output.height,
        columns: output.width,
        ...step.clamp,
      },
      ['min', 'max'],
    );
    return { kernel, descriptor, items: output.planes * output.height, scratchBytes: 0 };
  }

  private readonly moving = (calls: readonly Call[]): Phase => ({
    step: null,
    flop: 0,
    calls,
    helps: false,
    variant: null,
  });

  /** Clears the border of a map whose memory others use too. */
  private borderOf(index: MapIndex): readonly Call[] {
    const map = this.map(index);
    const { border: sides, rowBytes, planeBytes, height, width, placeBytes, planes } = map;
    if (this.isAlone[index] === true || sides.every((side) => side === 0)) return NONE;
    const headBytes = placeOffset(map, 0, 0);
    const inner = width * placeBytes;
    const descriptor = this.heap.describe(
      border,
      {
        map: map.address,
        plane: planeBytes,
        headBytes,
        rowBytes: inner,
        gapBytes: rowBytes - inner,
        rows: height,
        tailBytes: planeBytes - headBytes - (height - 1) * rowBytes - inner,
      },
      NONE,
    );
    return [{ kernel: border, descriptor, items: planes, scratchBytes: 0 }];
  }

  /** Room for a tensor `[C][H][W]`, its channels filled up to whole blocks where the map's are. */
  private tensorOf(map: MapLayout): TensorPlace {
    const { height, width, channels, planes } = map;
    const address = this.heap.reserve(4 * planes * (isPlanar(map) ? 1 : BLOCK) * height * width);
    return { address, length: channels * height * width };
  }

  private transfer(kernel: Kernel<PlanarField>, map: PlacedMap, tensor: TensorPlace): Call {
    const values: Readonly<Record<PlanarField, number>> = {
      ...origin('map', map),
      plane: map.planeBytes,
      rowBytes: map.rowBytes,
      tensor: tensor.address,
      channelBytes: 4 * map.height * map.width,
      rows: map.height,
      columns: map.width,
    };
    const descriptor = this.heap.describe(kernel, values, NONE);
    return { kernel, descriptor, items: map.planes * map.height, scratchBytes: 0 };
  }

  private map(index: MapIndex): PlacedMap {
    const map = this.maps[index];
    if (!map) throw new Error(`no map ${index}`);
    return map;
  }
}

/** The address of a map's first place, under the field's name. */
const origin = <Field extends string>(field: Field, map: PlacedMap): Readonly<Record<Field, number>> =>
  ({ [field]: map.address + placeOffset(map, 0, 0) }) as Record<Field, number>;

const isPlanar = ({ placeBytes }: MapLayout): boolean => placeBytes < PLACE_BYTES;
