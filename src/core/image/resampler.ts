/**
 * @file Pictures of one size to tensors. The tables of weights and room for one row are made once, so that a picture costs no
 * allocation. Each row of the picture that the crop sees is brought to the tensor's width, all channels at once, and added,
 * weighed, to the rows of the tensor that see it.
 */
import type { ImageInput, Square } from './image-input.ts';

export interface Taps {
  /** First input sample of each output sample. */
  readonly first: Int32Array;
  /** Where an output sample's weights begin; those of the next one follow. */
  readonly offset: Int32Array;
  /** Summing to 1 an output sample. */
  readonly weights: Float32Array;
}

/** Triangle-filter taps that bring `size` of `length` samples, from `start` on, to `to`. */
export function tapsOf(start: number, size: number, length: number, to: number): Taps {
  const scale = size / to;
  const support = Math.max(scale, 1);
  const [first, offset] = [new Int32Array(to), new Int32Array(to + 1)];
  const weights: number[] = [];
  for (let i = 0; i < to; i++) {
    const centre = start + (i + 0.5) * scale;
    const begin = Math.max(0, Math.floor(centre - support + 0.5));
    const end = Math.min(length, Math.floor(centre + support + 0.5));
    const seen = Array.from({ length: end - begin }, (_, k) =>
      Math.max(0, 1 - Math.abs((begin + k + 0.5 - centre) / support)),
    );
    const sum = seen.reduce((total, weight) => total + weight, 0);
    first[i] = begin;
    weights.push(...seen.map((weight) => weight / sum));
    offset[i + 1] = weights.length;
  }
  return { first, offset, weights: Float32Array.from(weights) };
}

/** ITU-R BT.601 luma, as Pillow's `L`. */
const LUMA = [0.299, 0.587, 0.114] as const;

export class Resampler {
  private readonly input: ImageInput;
  private readonly pictureWidth: number;
  private readonly across: Taps;
  private readonly down: Taps;
  /** Of the tensor, the first row that sees a row of the picture and the one after the last; equal where none does. */
  private readonly from: Int32Array;
  private readonly to: Int32Array;
  /** One row of the picture at the tensor's width, channel after channel. */
  private readonly row: Float32Array;

  /** For pictures of that size, of which `crop` is wanted. */
  constructor(
    { width, height }: { readonly width: number; readonly height: number },
    crop: Square,
    input: ImageInput,
  ) {
    const [, , rows, columns] = input.shape;
    this.input = input;
    this.pictureWidth = width;
    this.across = tapsOf(crop.x, crop.size, width, columns);
    this.down = tapsOf(crop.y, crop.size, height, rows);
    this.row = new Float32Array(3 * columns);
    [this.from, this.to] = [new Int32Array(height), new Int32Array(height)];
    const { first, offset } = this.down;
    // Backwards, so that the first row of those that see it is written last.
    for (let i = rows - 1; i >= 0; i--) {
      const begin = first[i] ?? 0;
      const end = begin + (offset[i + 1] ?? 0) - (offset[i] ?? 0);
      for (let y = begin; y < end; y++) {
        this.from[y] = i;
        if (this.to[y] === 0) this.to[y] = i + 1;
      }
    }
  }

  /**
   * Fills the tensor `[1, C, H, W]`. A pixel is the four bytes R, G, B, A in this order, not premultiplied, as a little-endian
   * number; alpha is ignored.
   */
  read(pixels: Uint32Array, tensor: Float32Array): void {
    const [, , rows, columns] = this.input.shape;
    const planes = this.input.colour === 'rgb' ? 3 : 1;
    const { first, offset, weights } = this.down;
    const { row, from, to } = this;
    tensor.fill(0);
    for (let y = 0; y < from.length; y++) {
      const [begin, end] = [from[y] ?? 0, to[y] ?? 0];
      if (begin === end) continue;
      this.narrow(pixels, y * this.pictureWidth);
      if (planes === 1) this.mix();
      for (let i = begin; i < end; i++) {
        const weight = weights[(offset[i] ?? 0) + y - (first[i] ?? 0)] ?? 0;
        for (let c = 0; c < planes; c++) {
          const [source, target] = [c * columns, (c * rows + i) * columns];
          for (let x = 0; x < columns; x++) {
            tensor[target + x] = (tensor[target + x] ?? 0) + weight * (row[source + x] ?? 0);
          }
        }
      }
    }
    for (let c = 0; c < planes; c++) this.normalise(tensor, c);
  }

  /** Brings the row that begins at pixel `start` to the tensor's width. */
  private narrow(pixels: Uint32Array, start: number): void {
    const { row } = this;
    const { first, offset, weights } = this.across;
    const columns = first.length;
    let tap = 0;
    for (let x = 0; x < columns; x++) {
      const end = offset[x + 1] ?? 0;
      let at = start + (first[x] ?? 0);
      let red = 0;
      let green = 0;
      let blue = 0;
      for (; tap < end; tap++) {
        const weight = weights[tap] ?? 0;
        const pixel = pixels[at++] ?? 0;
        red += weight * (pixel & 255);
        green += weight * ((pixel >>> 8) & 255);
        blue += weight * ((pixel >>> 16) & 255);
      }
      row[x] = red;
      row[columns + x] = green;
      row[2 * columns + x] = blue;
    }
  }

  /** Leaves the row gray, in place of red. */
  private mix(): void {
    const { row } = this;
    const columns = row.length / 3;
    const [r, g, b] = LUMA;
    for (let x = 0; x < columns; x++) {
      row[x] = r * (row[x] ?? 0) + g * (row[columns + x] ?? 0) + b * (row[2 * columns + x] ?? 0);
    }
  }

  private normalise(tensor: Float32Array, c: number): void {
    const { shape, mean: means, std: deviations, polarity } = this.input;
    const [, , rows, columns] = shape;
    const [mean, std] = [means[c] ?? 0, deviations[c] ?? 1];
    const start = c * rows * columns;
    const end = start + rows * columns;
    // Inverting and resizing may change places: both are linear.
    const inverts = polarity === 'light-on-dark' && borderMean(tensor, start, rows, columns) > 127.5;
    for (let i = start; i < end; i++) {
      const value = tensor[i] ?? 0;
      tensor[i] = ((inverts ? 255 - value : value) - mean) / std;
    }
  }
}

/** Mean of the outermost ring of the `rows` × `columns` plane that begins at `start`. */
function borderMean(tensor: Float32Array, start: number, rows: number, columns: number): number {
  let sum = 0;
  let count = 0;
  for (let y = 0; y < rows; y++) {
    const step = y === 0 || y === rows - 1 ? 1 : Math.max(1, columns - 1);
    for (let x = 0; x < columns; x += step) {
      sum += tensor[start + y * columns + x] ?? 0;
      count += 1;
    }
  }
  return sum / count;
}
