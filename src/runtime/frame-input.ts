/** @file A frame to the model's input tensor, inside the first stage's worker: every source goes through the resize of core/image. */
import { elementCount } from '../core/graph/model.ts';
import { centreCrop, regionOf, type ImageInput } from '../core/image/image-input.ts';
import { Resampler } from '../core/image/resampler.ts';
import { sizeOf, type Picture } from './picture.ts';
import { PixelReader } from './pixel-reader.ts';

/** For pictures of one size. */
interface Way {
  readonly width: number;
  readonly height: number;
  readonly reader: PixelReader;
  readonly resampler: Resampler;
}

export class FrameInput {
  private readonly input: ImageInput;
  private readonly tensor: Float32Array<ArrayBuffer>;
  private way: Way | null = null;

  constructor(input: ImageInput) {
    this.input = input;
    this.tensor = new Float32Array(elementCount(input.shape));
  }

  /** `[1, C, H, W]` of the centred crop, valid until the next call; the picture is the caller's to close. One call at a time. */
  async tensorOf(picture: Picture): Promise<Float32Array<ArrayBuffer>> {
    const { width, height } = sizeOf(picture);
    if (this.way?.width !== width || this.way.height !== height) this.way = wayOf(width, height, this.input);
    const { reader, resampler } = this.way;
    resampler.read(await reader.read(picture), this.tensor);
    return this.tensor;
  }
}

function wayOf(width: number, height: number, input: ImageInput): Way {
  const crop = centreCrop(width, height, input.cropFraction);
  const region = regionOf(crop, width, height, input);
  const inside = { x: crop.x - region.x, y: crop.y - region.y, size: crop.size };
  return {
    width,
    height,
    reader: new PixelReader(region),
    resampler: new Resampler(region, inside, input),
  };
}
