import { afterEach, describe, expect, it, vi } from 'vitest';
import { TrackFeed } from './track-feed.ts';

/** A frame that counts its handles. */
class FakeFrame {
  open = 1;
  readonly captureTime: number | null;
  constructor(captureTime: number | null) {
    this.captureTime = captureTime;
  }
  clone(): this {
    this.open += 1;
    return this;
  }
  close(): void {
    this.open -= 1;
  }
  metadata(): Record<string, number> {
    return this.captureTime === null ? {} : { captureTime: this.captureTime };
  }
}

function openFeed() {
  let push: (frame: FakeFrame) => void = () => undefined;
  let end: () => void = () => undefined;
  let cancelled = false;
  const readable = new ReadableStream<FakeFrame>({
    start(controller) {
      push = (frame) => controller.enqueue(frame);
      end = () => controller.close();
    },
    cancel() {
      cancelled = true;
    },
  });
  const page = { hidden: false };
  vi.stubGlobal('document', page);
  vi.stubGlobal(
    'MediaStreamTrackProcessor',
    class {
      readonly readable = readable;
    },
  );
  const feed = TrackFeed.of({} as MediaStreamTrack);
  if (!feed) throw new Error('the page can read tracks');
  const seen: number[] = [];
  feed.start((captureTime) => seen.push(captureTime));
  const read = () => new Promise((resolve) => setTimeout(resolve));
  return {
    feed,
    seen,
    page,
    read,
    push: (frame: FakeFrame) => push(frame),
    end: () => end(),
    isCancelled: () => cancelled,
  };
}

afterEach(() => {
  vi.unstubAllGlobals();
});

describe('TrackFeed', () => {
  it('is none where the page cannot read tracks, or not this one', () => {
    expect(TrackFeed.of({} as MediaStreamTrack)).toBeNull();
    vi.stubGlobal('MediaStreamTrackProcessor', function () {
      throw new TypeError('not this track');
    });
    expect(TrackFeed.of({} as MediaStreamTrack)).toBeNull();
  });
  it('announces each frame with its capture time and keeps the newest alone', async () => {
    const { feed, seen, push, read } = openFeed();
    const [first, second] = [new FakeFrame(10), new FakeFrame(26)];
    expect(feed.newest()).toBeNull();
    push(first);
    await read();
    push(second);
    await read();
    expect(seen).toEqual([10, 26]);
    expect([first.open, second.open]).toEqual([0, 1]);
    expect(feed.newest()).toBe(second);
    expect(second.open).toBe(2);
  });
  it('takes the time of arrival where the browser tells no other', async () => {
    const { seen, push, read } = openFeed();
    const before = performance.now();
    push(new FakeFrame(null));
    await read();
    expect(seen[0]).toBeGreaterThanOrEqual(before);
  });
  it('announces nothing while the page is hidden, and goes on after', async () => {
    const { seen, page, push, read } = openFeed();
    page.hidden = true;
    push(new FakeFrame(1));
    await read();
    page.hidden = false;
    push(new FakeFrame(2));
    await read();
    expect(seen).toEqual([2]);
  });
  it('closes all it holds when it stops, and what still comes', async () => {
    const { feed, seen, push, read, isCancelled } = openFeed();
    const [kept, late] = [new FakeFrame(1), new FakeFrame(2)];
    push(kept);
    await read();
    push(late);
    feed.stop();
    await read();
    expect([kept.open, isCancelled(), feed.newest()]).toEqual([0, true, null]);
    expect(seen).toEqual([1]);
  });
  it('ends with its track', async () => {
    const { feed, push, read, end } = openFeed();
    push(new FakeFrame(1));
    end();
    await read();
    feed.stop();
    await read();
    expect(feed.newest()).toBeNull();
  });
});
