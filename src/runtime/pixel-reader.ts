/**
 * @file The pixels of a region of pictures of one size, inside a worker. WebCodecs copies them into one buffer that is kept and
 * takes half the time; a 2D canvas makes a new one each time, and is the way for pictures that let light through (WebCodecs
 * gives them premultiplied) and for browsers without. Both are drawn 1:1: canvas scaling differs from bilinear by up to 8/255.
 */
import type { Region } from '../core/image/image-input.ts';

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

  /** R, G, B, A of each pixel, row by row, not premultiplied; valid until the next call. Alpha is any where the picture has none. */
  async read(bitmap: ImageBitmap): Promise<Uint32Array> {
    return (await this.copied(bitmap)) ? this.pixels : this.drawn(bitmap);
  }

  private async copied(bitmap: ImageBitmap): Promise<boolean> {
    if (!this.hasCodec) return false;
    try {
      const frame = new VideoFrame(bitmap, { timestamp: 0 });
      try {
        if (frame.format !== 'RGBX' && frame.format !== 'BGRX') return false;
        await frame.copyTo(this.bytes, { rect: this.region, format: 'RGBX' });
        return true;
      } finally {
        frame.close();
      }
    } catch {
      // A browser that copies no RGB, or not this picture's.
      this.hasCodec = false;
      return false;
    }
  }

  private drawn(bitmap: ImageBitmap): Uint32Array {
    const { x, y, width, height } = this.region;
    this.canvas ??= new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
    if (!this.canvas) throw new Error('this browser gives no 2D canvas in workers');
    // Not over the frame before, which would shine through a picture that is not opaque.
    this.canvas.globalCompositeOperation = 'copy';
    this.canvas.drawImage(bitmap, x, y, width, height, 0, 0, width, height);
    return new Uint32Array(this.canvas.getImageData(0, 0, width, height).data.buffer);
  }
}
