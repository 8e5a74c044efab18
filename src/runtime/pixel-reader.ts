/**
 * @file The pixels of a region of pictures of one size, inside a worker. WebCodecs copies them into one buffer that is kept and
 * takes half the time; a 2D canvas makes a new one each time, and is the way for pictures that let light through (WebCodecs
 * gives them premultiplied, and Chromium says of every bitmap that it may have alpha) and for browsers without. Both are drawn 1:1: canvas scaling differs from bilinear by up to 8/255.
 */
import type { Region } from '../core/image/image-input.ts';
import { asFrame, type Picture } from './picture.ts';

export class PixelReader {
  private readonly region: Region;
  private readonly bytes: Uint8ClampedArray<ArrayBuffer>;
  private readonly pixels: Uint32Array<ArrayBuffer>;
  private canvas: OffscreenCanvasRenderingContext2D | null = null;
  private hasCodec = typeof VideoFrame === 'function';

  constructor(region: Region) {
    this.region = region;
    this.bytes = new Uint8ClampedArray(region.width * region.height * 4);
    this.pixels = new Uint32Array(this.bytes.buffer);
  }

  /** R, G, B, A of each pixel, row by row, not premultiplied; valid until the next call. */
  async read(picture: Picture): Promise<Uint32Array> {
    return (await this.copied(picture)) ? this.pixels : this.drawn(picture);
  }

  private async copied(picture: Picture): Promise<boolean> {
    if (!this.hasCodec) return false;
    try {
      const found = asFrame(picture);
      if (!found) return false;
      const { frame, isOwn } = found;
      try {
        await frame.copyTo(this.bytes, { rect: this.region, format: 'RGBA' });
        return isOpaque(this.pixels);
      } finally {
        if (isOwn) frame.close();
      }
    } catch {
      // A browser that copies no RGB, or not this picture's.
      this.hasCodec = false;
      return false;
    }
  }

  private drawn(picture: Picture): Uint32Array {
    const { x, y, width, height } = this.region;
    this.canvas ??= new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
    if (!this.canvas) throw new Error('this browser gives no 2D canvas in workers');
    // Not over the frame before, which would shine through a picture that is not opaque.
    this.canvas.globalCompositeOperation = 'copy';
    this.canvas.drawImage(picture, x, y, width, height, 0, 0, width, height);
    return new Uint32Array(this.canvas.getImageData(0, 0, width, height).data.buffer);
  }
}

function isOpaque(pixels: Uint32Array): boolean {
  let all = -1;
  for (let i = 0; i < pixels.length; i++) all &= pixels[i] ?? 0;
  return all >>> 24 === 255;
}
