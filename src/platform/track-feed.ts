/**
 * @file A camera's frames as its track delivers them, where the browser lets the page read a track (Chromium). Unlike
 * `requestVideoFrameCallback` this does not make the page draw at each frame, which costs more than all else live does there.
 */

interface TrackProcessor {
  readonly readable: ReadableStream<VideoFrame>;
}
type TrackProcessorClass = new (init: { track: MediaStreamTrack; maxBufferSize: number }) => TrackProcessor;

/** `captureTime` (ms, `performance.now()` clock) is in Chromium's, not in the type's. */
type FrameMetadata = Readonly<Record<string, unknown>>;

export class TrackFeed {
  private readonly reader: ReadableStreamDefaultReader<VideoFrame>;
  private listener: ((captureTime: number) => void) | null = null;
  private latest: VideoFrame | null = null;
  private stopped = false;

  private constructor(reader: ReadableStreamDefaultReader<VideoFrame>) {
    this.reader = reader;
    void this.read();
  }

  /** Null where the page cannot read this track. */
  static of(track: MediaStreamTrack): TrackFeed | null {
    const { MediaStreamTrackProcessor } = globalThis as { MediaStreamTrackProcessor?: TrackProcessorClass };
    if (!MediaStreamTrackProcessor) return null;
    try {
      // Of one frame: while this page is at work, newer ones replace it.
      return new TrackFeed(new MediaStreamTrackProcessor({ track, maxBufferSize: 1 }).readable.getReader());
    } catch {
      return null;
    }
  }

  /** Calls `listener` at each new frame that somebody can see. */
  start(listener: (captureTime: number) => void): void {
    this.listener = listener;
  }

  /** A copy of the newest frame (of the handle, not the pixels), or null before the first. */
  newest(): VideoFrame | null {
    return this.latest?.clone() ?? null;
  }

  stop(): void {
    this.stopped = true;
    this.latest?.close();
    this.latest = null;
    // The track may have ended first, and its stream with it.
    void this.reader.cancel().catch(() => undefined);
  }

  private async read(): Promise<void> {
    for (;;) {
      const { done, value: frame } = await this.reader.read();
      if (done) return;
      if (this.stopped) {
        frame.close();
        return;
      }
      this.latest?.close();
      this.latest = frame;
      // As other sources: no frames for a page that is hidden.
      if (!document.hidden) this.listener?.(captureTimeOf(frame));
    }
  }
}

function captureTimeOf(frame: VideoFrame): number {
  const { metadata } = frame as { metadata?: () => FrameMetadata };
  const captureTime = metadata?.call(frame)['captureTime'];
  return typeof captureTime === 'number' ? captureTime : performance.now();
}
