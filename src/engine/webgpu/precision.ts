/**
 * @file How maps and weights lie on the GPU: as f32, or as f16 where the device has `shader-f16`, which halves what kernels load and
 * store. Arithmetic is f32 either way: it is sums of thousands of products that fp16 would spoil, not the values.
 */
import type { Precision } from '../../core/engine.ts';
import { numberToHalf } from '../../core/graph/tensor.ts';

/** Of four channels. */
export const QUAD_BYTES: Readonly<Record<Precision, number>> = { fp32: 16, fp16: 8 };

/** The largest finite number: shaders may take it that there is no infinity. */
export const LARGEST: Readonly<Record<Precision, number>> = { fp32: 3.4028234663852886e38, fp16: 65_504 };

/** In every shader that reads or writes maps. */
const ALIAS = /^alias stored = vec4f;.*$/m;

/** The shader for maps and weights of this precision; it is written for fp32. Throws where it does not say how they lie: a bug. */
export function storedIn(precision: Precision, code: string): string {
  if (!ALIAS.test(code)) throw new Error('the shader does not say how maps lie in memory');
  return precision === 'fp32' ? code : `enable f16;\n${code.replace(ALIAS, 'alias stored = vec4<f16>;')}`;
}

/** The values as they lie in memory; what fp16 does not reach becomes its largest number. */
export function bytesOf(values: Float32Array<ArrayBuffer>, precision: Precision): ArrayBuffer {
  if (precision === 'fp32') return values.buffer;
  const most = LARGEST.fp16;
  const halves = new Uint16Array(values.length);
  for (let i = 0; i < values.length; i++)
    halves[i] = numberToHalf(Math.min(most, Math.max(-most, values[i] ?? 0)));
  return halves.buffer;
}
