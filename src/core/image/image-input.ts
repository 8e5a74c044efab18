/**
 * @file From a picture to a model's input tensor: centre crop, antialiased bilinear resize, normalise (resampler.ts). The same
 * arithmetic for every source and in the accuracy checks, so that what is shown live is what was evaluated. The resize is the
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

/** The whole pixels of a `width` × `height` picture that the resize of `crop` reads, from even to even: the colours of video lie on such places. */
export function regionOf(crop: Square, width: number, height: number, { shape }: ImageInput): Region {
  const support = Math.max(1, crop.size / Math.min(shape[2], shape[3]));
  const before = (edge: number): number => 2 * Math.floor(Math.max(0, edge - support) / 2);
  const after = (edge: number): number => 2 * Math.ceil((edge + support) / 2);
  const [x, y] = [before(crop.x), before(crop.y)];
  const right = Math.min(width, after(crop.x + crop.size));
  const bottom = Math.min(height, after(crop.y + crop.size));
  return { x, y, width: right - x, height: bottom - y };
}
