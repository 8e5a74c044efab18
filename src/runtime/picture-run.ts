/**
 * @file Pictures through the first segment of a pipeline, one of two ways: as they are, where the segment's processor takes
 * pictures, or as tensors that are made here. The first frames go both ways, which shows whether the processor makes of them
 * what we make – browsers differ in what they say of a video's colours – and which way is faster: what is copied at no cost to
 * a graphics processor that shares the memory is dear where software plays one.
 */
import type { ImageInput } from '../core/image/image-input.ts';
import { differenceOf } from '../core/reparam/equivalence.ts';
import { lowerQuartile } from '../core/stats.ts';
import { FrameInput } from './frame-input.ts';
import { isAsShown, type Picture } from './picture.ts';
import type { Segment } from './processor.ts';

export interface PictureResult {
  readonly output: Float32Array<ArrayBuffer>;
  /**
   * When the tensor was there (ms, `performance.now()` clock). Where the picture went in as it was: what that takes by the first
   * frames, after the start.
   */
  readonly ready: number;
}

/** Frames that go both ways: one that compiles and makes tables, then some that are timed. */
export const TRIED_FRAMES = 4;
/**
 * Outputs apart by more than this, of the largest value: the processor sees another picture. Of a video, both ways are right, but
 * colours of half the resolution and their matrices are rounded in other ways: that is up to 0.05.
 */
export const MOST_APART = 0.1;

/** ms a frame of the first frames. */
interface Trial {
  readonly picture: number;
  readonly tensor: number;
  /** Of `tensor`, the segment alone. */
  readonly segment: number;
}

export class PictureRun {
  private readonly segment: Segment;
  private readonly input: ImageInput;
  private readonly frames: FrameInput;
  private readonly trials: Trial[] = [];
  /** As long as pictures may go in as they are: what that takes of a frame, in ms; unknown while it is tried. */
  private direct: { readonly ms: number | null } | null = { ms: null };

  constructor(segment: Segment, input: ImageInput) {
    this.segment = segment;
    this.input = input;
    this.frames = new FrameInput(input);
  }

  /** Output for the centred crop; closes the picture. One call at a time. Rejects with what the segment rejects a tensor with. */
  async run(picture: Picture): Promise<PictureResult> {
    try {
      const { direct } = this;
      // Not for good: a phone that is turned back gives plain frames again.
      if (!direct || !isAsShown(picture)) return await this.asTensor(picture);
      const start = performance.now();
      const output = await this.asItIs(picture);
      if (!output) return await this.asTensor(picture);
      return direct.ms === null
        ? await this.compared(picture, output, start)
        : { output, ready: Math.min(start + direct.ms, performance.now()) };
    } finally {
      picture.close();
    }
  }

  /** Null where that cannot be, from then on. */
  private async asItIs(picture: Picture): Promise<Float32Array<ArrayBuffer> | null> {
    const output = await this.segment.runPicture?.(picture, this.input)?.catch(() => null);
    if (!output) this.direct = null;
    return output ?? null;
  }

  private async asTensor(picture: Picture): Promise<PictureResult> {
    const tensor = await this.frames.tensorOf(picture);
    const ready = performance.now();
    // Cameras have few frames to lend.
    picture.close();
    return { output: await this.segment.run(tensor), ready };
  }

  /** After the picture gave `output` since `start`: the other way, whose output counts, and at last the choice. */
  private async compared(picture: Picture, output: Float32Array, start: number): Promise<PictureResult> {
    const between = performance.now();
    const result = await this.asTensor(picture);
    const end = performance.now();
    this.trials.push({ picture: between - start, tensor: end - between, segment: end - result.ready });
    if (!(differenceOf(result.output, output).maxRelDifference <= MOST_APART)) this.direct = null;
    else if (this.trials.length === TRIED_FRAMES) this.direct = choiceOf(this.trials.slice(1));
    return result;
  }
}

function choiceOf(trials: readonly Trial[]): { readonly ms: number } | null {
  const least = (way: keyof Trial): number => lowerQuartile(trials.map((trial) => trial[way])) ?? 0;
  return least('picture') <= least('tensor')
    ? { ms: Math.max(0, least('picture') - least('segment')) }
    : null;
}
