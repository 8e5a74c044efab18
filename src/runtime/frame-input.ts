/**
 * @file A frame to the model's input tensor, inside the first stage's worker. The crop is drawn 1:1 (no canvas scaling,
 * which differs from bilinear by up to 8/255), so every source goes through the resize of core/image.
 */
import { centreCrop, inputTensor, type ImageInput } from '../core/image/image-input.ts';

export class FrameInput {
  private readonly input: ImageInput;
  private canvas: OffscreenCanvas | null = null;

  constructor(input: ImageInput) {
    this.input = input;
  }

  /** `[1, C, H, W]` of the centred crop; the bitmap is the caller's to close. */
  tensorOf(bitmap: ImageBitmap): Float32Array<ArrayBuffer> {
    const { x, y, size } = centreCrop(bitmap.width, bitmap.height, this.input.cropFraction);
    if (this.canvas?.width !== size) this.canvas = new OffscreenCanvas(size, size);
    const context = this.canvas.getContext('2d', { willReadFrequently: true });
    if (!context) throw new Error('this browser gives no 2D canvas in workers');
    // Not over the frame before, which would shine through a picture that is not opaque.
    context.globalCompositeOperation = 'copy';
    context.drawImage(bitmap, x, y, size, size, 0, 0, size, size);
    return inputTensor(context.getImageData(0, 0, size, size).data, size, this.input);
  }
}
