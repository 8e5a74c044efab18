/**
 * @file A kernel: a function that is generated, and the descriptor that tells it where its operands lie. All activations are
 * blocked by 8 channels, `[C / 8][H + border][W + border][8]`: what 8 f32 of a place fill is half a cache line, and a window
 * never leaves the block it walks through. Borders are zeros. Weights are packed in panels of 8 results each.
 */
import { splat, loadI32, type FunctionBuilder, type I32, type Statement, type V128 } from '../assembler.ts';

/** Channels of a block. */
export const BLOCK = 8;
/** Bytes of a place in a block. */
export const PLACE_BYTES = 4 * BLOCK;
/** Channels that a vector holds. */
export const LANES = 4;
/** Vectors of a place. */
export const VECTORS = BLOCK / LANES;
export const VECTOR_BYTES = 4 * LANES;

export interface KernelArguments<Field extends string> {
  /** An address or count of the descriptor. */
  readonly field: (name: Field) => I32;
  /** A number of the descriptor, in all lanes. */
  readonly lanes: (name: Field) => V128;
  /** Work items of this call. */
  readonly from: I32;
  readonly to: I32;
  /** Memory of the calling thread alone. */
  readonly scratch: I32;
}

export interface Kernel<Field extends string = string> {
  /** Names what was generated: same name, same code. */
  readonly name: string;
  /** Of the descriptor, 4 bytes each, in this order. */
  readonly fields: readonly Field[];
  body(builder: FunctionBuilder, args: KernelArguments<Field>): Statement;
}

export const PARAMETERS = 4;

export function argumentsOf<Field extends string>(
  { fields }: Kernel<Field>,
  builder: FunctionBuilder,
): KernelArguments<Field> {
  const descriptor = builder.param(0);
  const offset = (name: Field): number => 4 * fields.indexOf(name);
  return {
    field: (name) => loadI32(descriptor, offset(name)),
    lanes: (name) => splat(descriptor, offset(name)),
    from: builder.param(1),
    to: builder.param(2),
    scratch: builder.param(3),
  };
}

export const range = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => i);
