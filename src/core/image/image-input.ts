/**
 * @file From an image to a model's input tensor: centre crop, antialiased bilinear resize, normalise. The same arithmetic
 * for every source and in the accuracy checks, so that what is shown live is what was evaluated. The resize is the
 * triangle filter of PIL's `BILINEAR` (support widened when shrinking) without its rounding to 8 bit between passes.
 */

/** What the model expects; read from its manifest. Values of `mean` and `std` are in 0…255 units. */
export interface ImageInput {
  /** `[1, C, H, W]`, C = 1 (gray) or 3 (RGB). */
  readonly shape: readonly [number, number, number, number];
  readonly colour: 'rgb' | 'gray';
  /** Side of the centred square crop as a fraction of the short side. */
  readonly cropFraction: number;
  readonly mean: readonly number[];
  readonly std: readonly number[];
  /** `light-on-dark`: an image whose border is light is inverted first. */
  readonly polarity?: 'light-on-dark' | undefined;
}

export interface Square {
  readonly x: number;
  readonly y: number;
  readonly size: number;
}

/** The centred square crop of a `width` × `height` image, in whole pixels. */
export function centreCrop(width: number, height: number, fraction: number): Square {
  const size = Math.max(1, Math.round(Math.min(width, height) * fraction));
  return { x: Math.round((width - size) / 2), y: Math.round((height - size) / 2), size };
}

interface Taps {
  /** First input sample of each output sample. */
  readonly first: Int32Array;
  /** `width` weights an output sample, summing to 1; unused ones are 0. */
  readonly weights: Float32Array;
  readonly width: number;
}

const tapsCache = new Map<string, Taps>();

/** Triangle-filter taps that resize `from` samples to `to`; kept for the few sizes a session uses. */
function tapsOf(from: number, to: number): Taps {
  const key = `${from}→${to}`;
  const known = tapsCache.get(key);
  if (known) return known;
  const scale = from / to;
  const support = Math.max(scale, 1);
  const width = Math.min(from, Math.ceil(support) * 2 + 1);
  const first = new Int32Array(to);
  const weights = new Float32Array(to * width);
  for (let i = 0; i < to; i++) {
    const centre = (i + 0.5) * scale;
    const begin = Math.max(0, Math.floor(centre - support + 0.5));
    const end = Math.min(from, Math.floor(centre + support + 0.5), begin + width);
    first[i] = begin;
    let sum = 0;
    for (let j = begin; j < end; j++) sum += Math.max(0, 1 - Math.abs((j + 0.5 - centre) / support));
    for (let j = begin; j < end; j++) {
      weights[i * width + j - begin] = Math.max(0, 1 - Math.abs((j + 0.5 - centre) / support)) / sum;
    }
  }
  const taps = { first, weights, width };
  if (tapsCache.size > 8) tapsCache.clear();
  tapsCache.set(key, taps);
  return taps;
}

/** One plane `[from, from]` to `[height, width]`; rows first, so the second pass touches few samples. */
function resizePlane(plane: Float32Array, from: number, height: number, width: number): Float32Array {
  const [across, down] = [tapsOf(from, width), tapsOf(from, height)];
  const rows = new Float32Array(from * width);
  for (let y = 0; y < from; y++) {
    for (let x = 0; x < width; x++) {
      const begin = across.first[x] ?? 0;
      const count = Math.min(across.width, from - begin);
      let sum = 0;
      for (let k = 0; k < count; k++) {
        sum += (across.weights[x * across.width + k] ?? 0) * (plane[y * from + begin + k] ?? 0);
      }
      rows[y * width + x] = sum;
    }
  }
  const out = new Float32Array(height * width);
  for (let y = 0; y < height; y++) {
    const begin = down.first[y] ?? 0;
    const count = Math.min(down.width, from - begin);
    for (let k = 0; k < count; k++) {
      const weight = down.weights[y * down.width + k] ?? 0;
      if (weight === 0) continue;
      const row = (begin + k) * width;
      for (let x = 0; x < width; x++)
        out[y * width + x] = (out[y * width + x] ?? 0) + weight * (rows[row + x] ?? 0);
    }
  }
  return out;
}

/** Planes of a square RGBA crop: three, or one of ITU-R BT.601 luma (as PIL's `L`). Alpha is ignored. */
function planesOf(
  rgba: ArrayLike<number>,
  pixels: number,
  colour: ImageInput['colour'],
): readonly Float32Array[] {
  const channel = (offset: number): Float32Array =>
    Float32Array.from({ length: pixels }, (_, i) => rgba[i * 4 + offset] ?? 0);
  const [r, g, b] = [channel(0), channel(1), channel(2)];
  if (colour === 'rgb') return [r, g, b];
  return [r.map((red, i) => 0.299 * red + 0.587 * (g[i] ?? 0) + 0.114 * (b[i] ?? 0))];
}

/** Mean of the outermost ring of a square plane. */
function borderMean(plane: Float32Array, size: number): number {
  let sum = 0;
  let count = 0;
  plane.forEach((value, i) => {
    const [x, y] = [i % size, Math.floor(i / size)];
    if (x > 0 && y > 0 && x < size - 1 && y < size - 1) return;
    sum += value;
    count += 1;
  });
  return sum / count;
}

/**
 * The input tensor `[1, C, H, W]` of a square RGBA crop.
 * @param rgba `size × size × 4` bytes, row-major, not premultiplied
 */
export function inputTensor(
  rgba: ArrayLike<number>,
  size: number,
  input: ImageInput,
): Float32Array<ArrayBuffer> {
  const [, , height, width] = input.shape;
  const planes = planesOf(rgba, size * size, input.colour);
  const tensor = new Float32Array(planes.length * height * width);
  planes.forEach((plane, c) => {
    const inverted = input.polarity === 'light-on-dark' && borderMean(plane, size) > 127.5;
    const resized = size === height && size === width ? plane : resizePlane(plane, size, height, width);
    const [mean, std] = [input.mean[c] ?? 0, input.std[c] ?? 1];
    const offset = c * height * width;
    resized.forEach((value, i) => (tensor[offset + i] = ((inverted ? 255 - value : value) - mean) / std));
  });
  return tensor;
}
