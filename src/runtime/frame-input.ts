/**
 * @file A frame to the model's input tensor, inside the first stage's worker. What the crop needs is drawn 1:1 (no canvas scaling,
 * which differs from bilinear by up to 8/255), so every source goes through the resize of core/image.
 */
import { centreCrop, inputTensor, regionOf, type ImageInput } from '../core/image/image-input.ts';

export class FrameInput {
  private readonly input: ImageInput;
  private canvas: OffscreenCanvas | null = null;

  constructor(input: ImageInput) {
    this.input = input;
  }

  /** `[1, C, H, W]` of the centred crop; the bitmap is the caller's to close. */
  tensorOf(bitmap: ImageBitmap): Float32Array<ArrayBuffer> {
    const crop = centreCrop(bitmap.width, bitmap.height, this.input.cropFraction);
    const { x, y, width, height } = regionOf(crop, bitmap.width, bitmap.height, this.input);
    if (this.canvas?.width !== width || this.canvas.height !== height) {
      this.canvas = new OffscreenCanvas(width, height);
    }
    const context = this.canvas.getContext('2d', { willReadFrequently: true });
    if (!context) throw new Error('this browser gives no 2D canvas in workers');
    // Not over the frame before, which would shine through a picture that is not opaque.
    context.globalCompositeOperation = 'copy';
    context.drawImage(bitmap, x, y, width, height, 0, 0, width, height);
    const picture = context.getImageData(0, 0, width, height);
    return inputTensor(picture, { x: crop.x - x, y: crop.y - y, size: crop.size }, this.input);
  }
}
