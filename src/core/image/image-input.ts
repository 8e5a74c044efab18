/**
 * @file From a picture to a model's input tensor: centre crop, antialiased bilinear resize, normalise. The same arithmetic
 * for every source and in the accuracy checks, so that what is shown live is what was evaluated. The resize is the
 * triangle filter of Pillow's `resize(size, BILINEAR, box)` (support widened when shrinking) without its rounding to
 * 8 bit between passes. The crop is not rounded to pixels and the filter sees beyond its edge: a crop that moves by one
 * pixel changed the answer for one photo in a hundred.
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

/** RGBA bytes, row-major, not premultiplied. */
export interface Picture {
  readonly data: ArrayLike<number>;
  readonly width: number;
  readonly height: number;
}

/** In pixels, not rounded. */
export interface Square {
  readonly x: number;
  readonly y: number;
  readonly size: number;
}

export interface Region {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The centred square crop of a `width` × `height` picture. */
export function centreCrop(width: number, height: number, fraction: number): Square {
  const size = Math.min(width, height) * fraction;
  return { x: (width - size) / 2, y: (height - size) / 2, size };
}

/** The whole pixels of a `width` × `height` picture that the resize of `crop` reads. */
export function regionOf(crop: Square, width: number, height: number, { shape }: ImageInput): Region {
  const support = Math.max(1, crop.size / Math.min(shape[2], shape[3]));
  const [left, top] = [crop.x - support, crop.y - support].map((edge) => Math.max(0, Math.floor(edge)));
  const right = Math.min(width, Math.ceil(crop.x + crop.size + support));
  const bottom = Math.min(height, Math.ceil(crop.y + crop.size + support));
  const [x, y] = [left ?? 0, top ?? 0];
  return { x, y, width: right - x, height: bottom - y };
}

interface Taps {
  /** First input sample of each output sample. */
  readonly first: Int32Array;
  /** `width` weights an output sample, summing to 1; unused ones are 0. */
  readonly weights: Float32Array;
  readonly width: number;
}

const tapsCache = new Map<string, Taps>();

/** Triangle-filter taps that bring `size` of `length` samples, from `start` on, to `to`; kept for the few sizes a session uses. */
function tapsOf(start: number, size: number, length: number, to: number): Taps {
  const key = [start, size, length, to].join();
  const known = tapsCache.get(key);
  if (known) return known;
  const scale = size / to;
  const support = Math.max(scale, 1);
  const width = Math.ceil(support) * 2 + 1;
  const first = new Int32Array(to);
  const weights = new Float32Array(to * width);
  for (let i = 0; i < to; i++) {
    const centre = start + (i + 0.5) * scale;
    const begin = Math.max(0, Math.floor(centre - support + 0.5));
    const end = Math.min(length, Math.floor(centre + support + 0.5), begin + width);
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

/** A plane of the picture's size to `[down, across]`; rows first, so the second pass touches few samples. */
function resizePlane(
  plane: Float32Array,
  { width, height }: Picture,
  across: Taps,
  down: Taps,
): Float32Array {
  const [columns, rows] = [across.first.length, down.first.length];
  const narrow = new Float32Array(height * columns);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < columns; x++) {
      const begin = across.first[x] ?? 0;
      const count = Math.min(across.width, width - begin);
      let sum = 0;
      for (let k = 0; k < count; k++) {
        sum += (across.weights[x * across.width + k] ?? 0) * (plane[y * width + begin + k] ?? 0);
      }
      narrow[y * columns + x] = sum;
    }
  }
  const out = new Float32Array(rows * columns);
  for (let y = 0; y < rows; y++) {
    const begin = down.first[y] ?? 0;
    const count = Math.min(down.width, height - begin);
    for (let k = 0; k < count; k++) {
      const weight = down.weights[y * down.width + k] ?? 0;
      if (weight === 0) continue;
      const row = (begin + k) * columns;
      for (let x = 0; x < columns; x++) {
        out[y * columns + x] = (out[y * columns + x] ?? 0) + weight * (narrow[row + x] ?? 0);
      }
    }
  }
  return out;
}

/** Weights of red, green and blue in each plane; gray is ITU-R BT.601 luma (as Pillow's `L`). Alpha is ignored. */
const PLANES: Readonly<Record<ImageInput['colour'], readonly (readonly [number, number, number])[]>> = {
  rgb: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  gray: [[0.299, 0.587, 0.114]],
};

function planeOf(
  { data, width, height }: Picture,
  [r, g, b]: readonly [number, number, number],
): Float32Array {
  const plane = new Float32Array(width * height);
  for (let i = 0; i < plane.length; i++) {
    plane[i] = r * (data[4 * i] ?? 0) + g * (data[4 * i + 1] ?? 0) + b * (data[4 * i + 2] ?? 0);
  }
  return plane;
}

/** Mean of the outermost ring of a `height` × `width` plane. */
function borderMean(plane: Float32Array, height: number, width: number): number {
  let sum = 0;
  let count = 0;
  plane.forEach((value, i) => {
    const [x, y] = [i % width, Math.floor(i / width)];
    if (x > 0 && y > 0 && x < width - 1 && y < height - 1) return;
    sum += value;
    count += 1;
  });
  return sum / count;
}

/** The input tensor `[1, C, H, W]` of the square `crop` of a picture. */
export function inputTensor(picture: Picture, crop: Square, input: ImageInput): Float32Array<ArrayBuffer> {
  const [, , height, width] = input.shape;
  const across = tapsOf(crop.x, crop.size, picture.width, width);
  const down = tapsOf(crop.y, crop.size, picture.height, height);
  const planes = PLANES[input.colour];
  const tensor = new Float32Array(planes.length * height * width);
  planes.forEach((weights, c) => {
    const resized = resizePlane(planeOf(picture, weights), picture, across, down);
    // Inverting and resizing may change places: both are linear.
    const inverts = input.polarity === 'light-on-dark' && borderMean(resized, height, width) > 127.5;
    const [mean, std] = [input.mean[c] ?? 0, input.std[c] ?? 1];
    const offset = c * height * width;
    resized.forEach((value, i) => (tensor[offset + i] = ((inverts ? 255 - value : value) - mean) / std));
  });
  return tensor;
}
