/**
 * @file The FrameSource seam: camera, video file, photo, sample clip, digit pad. A source shows itself in an element,
 * announces each new frame with its capture time, and hands out the newest picture when asked. It never queues.
 */
import type { AppError } from '../core/errors.ts';

export type SourceKind = 'camera' | 'video' | 'image' | 'clip' | 'pad';

/** A frame of a video as it was decoded where the browser can: making a bitmap of it converts its colours on the main thread. */
export type Picture = ImageBitmap | VideoFrame;

export interface FrameSource {
  readonly kind: SourceKind;
  readonly label: string;
  /** What the visitor sees: the page puts it on the stage. */
  readonly element: HTMLVideoElement | HTMLCanvasElement;
  /** Resolves with the reason when the source ends by itself (a camera unplugged); null for sources that cannot. */
  readonly ended: Promise<AppError> | null;
  /** Frames/s that the source delivers, as far as it says. */
  readonly fps: number;
  /** Calls `listener(captureTime)` (ms, `performance.now()` clock) at each new frame until `stop`; the last caller wins. */
  start(listener: (captureTime: number) => void): void;
  /** The newest frame; the caller closes it. */
  capture(): Promise<Picture>;
  stop(): void;
}
