/** @file Camera and video file as FrameSources. Permission is asked when `openCamera` is called: on a click, never before. */
import type { AppError } from '../core/errors.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { FrameSource, Picture, SourceKind } from './frame-source.ts';
import { TrackFeed } from './track-feed.ts';

const CAMERA_REASON: Readonly<Record<string, Extract<AppError, { code: 'camera-unavailable' }>['reason']>> = {
  NotAllowedError: 'denied',
  SecurityError: 'denied',
  NotFoundError: 'absent',
  OverconstrainedError: 'absent',
  DevicesNotFoundError: 'absent',
  NotReadableError: 'busy',
  AbortError: 'busy',
};

export interface CameraDevice {
  readonly id: string;
  readonly label: string;
}

/** Cameras there are; labels are empty until the visitor has allowed one. */
export async function listCameras(): Promise<readonly CameraDevice[]> {
  const devices = await mediaDevices()?.enumerateDevices();
  return (devices ?? [])
    .filter((device) => device.kind === 'videoinput')
    .map((device, i) => ({ id: device.deviceId, label: device.label || `Camera ${i + 1}` }));
}

/** `navigator.mediaDevices` is missing outside secure contexts, which its type does not say. */
function mediaDevices(): MediaDevices | undefined {
  return (navigator as { mediaDevices?: MediaDevices }).mediaDevices;
}

export async function openCamera(deviceId: string | null): Promise<Result<FrameSource>> {
  const devices = mediaDevices();
  if (!devices) return err({ code: 'camera-unavailable', reason: 'unsupported' });
  const size = { width: { ideal: 640 }, height: { ideal: 480 }, frameRate: { ideal: 60 } };
  const which = deviceId === null ? { facingMode: 'environment' } : { deviceId: { exact: deviceId } };
  let release = (): void => undefined;
  try {
    const stream = await devices.getUserMedia({ video: { ...size, ...which }, audio: false });
    release = () => stream.getTracks().forEach((each) => each.stop());
    const [track] = stream.getVideoTracks();
    const video = videoElement();
    video.srcObject = stream;
    await video.play();
    const fps = track?.getSettings().frameRate ?? 30;
    const ended = new Promise<AppError>((resolve) => {
      track?.addEventListener('ended', () => resolve({ code: 'camera-unavailable', reason: 'lost' }));
    });
    const feed = track ? TrackFeed.of(track) : null;
    return ok(new VideoSource('camera', track?.label ?? 'Camera', video, { fps, release, ended, feed }));
  } catch (thrown) {
    release();
    const name = thrown instanceof DOMException ? thrown.name : '';
    return err({ code: 'camera-unavailable', reason: CAMERA_REASON[name] ?? 'unsupported' });
  }
}

export async function openVideoFile(file: File): Promise<Result<FrameSource>> {
  const video = videoElement();
  const url = URL.createObjectURL(file);
  video.src = url;
  video.loop = true;
  try {
    await video.play();
    const release = (): void => URL.revokeObjectURL(url);
    return ok(new VideoSource('video', file.name, video, { fps: 30, release, ended: null, feed: null }));
  } catch {
    URL.revokeObjectURL(url);
    return err({ code: 'video-invalid', name: file.name });
  }
}

function videoElement(): HTMLVideoElement {
  const video = document.createElement('video');
  video.muted = true;
  video.playsInline = true;
  return video;
}

type FrameCallback = (now: number, metadata?: Partial<VideoFrameCallbackMetadata>) => void;

/**
 * Calls back once at the video's next frame; where the browser cannot tell (Firefox before 132), at the display's next
 * one, with no capture time.
 */
function nextFrame(video: HTMLVideoElement, callback: FrameCallback): void {
  const { requestVideoFrameCallback } = video as Partial<HTMLVideoElement>;
  if (requestVideoFrameCallback) requestVideoFrameCallback.call(video, callback);
  else requestAnimationFrame(callback);
}

type VideoParts = Pick<FrameSource, 'fps' | 'ended'> & {
  readonly release: () => void;
  /** Where its frames come from, if not from the element. */
  readonly feed: TrackFeed | null;
};

class VideoSource implements FrameSource {
  readonly kind: SourceKind;
  readonly label: string;
  readonly element: HTMLVideoElement;
  readonly fps: number;
  readonly ended: Promise<AppError> | null;
  private readonly release: () => void;
  private readonly feed: TrackFeed | null;
  private listener: ((captureTime: number) => void) | null = null;
  private stopped = false;

  constructor(
    kind: SourceKind,
    label: string,
    element: HTMLVideoElement,
    { fps, release, ended, feed }: VideoParts,
  ) {
    this.kind = kind;
    this.label = label;
    this.element = element;
    this.fps = fps;
    this.ended = ended;
    this.release = release;
    this.feed = feed;
    // Browsers pause a video that leaves the page, as this one does when another screen is shown; frames must go on.
    element.addEventListener('pause', () => {
      if (!this.stopped) void element.play().catch(() => undefined);
    });
  }

  start(listener: (captureTime: number) => void): void {
    if (this.feed) {
      this.feed.start(listener);
      return;
    }
    const looping = this.listener !== null;
    this.listener = listener;
    if (looping) return;
    const next = (now: number, metadata?: Partial<VideoFrameCallbackMetadata>): void => {
      if (this.stopped) return;
      this.listener?.(metadata?.captureTime ?? now);
      nextFrame(this.element, next);
    };
    nextFrame(this.element, next);
  }

  async capture(): Promise<Picture> {
    const newest = this.feed?.newest();
    if (newest) return newest;
    if (typeof VideoFrame !== 'function') return createImageBitmap(this.element);
    try {
      return new VideoFrame(this.element);
    } catch {
      // Not every browser that has the class takes a video.
      return createImageBitmap(this.element);
    }
  }

  stop(): void {
    this.stopped = true;
    this.feed?.stop();
    this.element.pause();
    this.element.srcObject = null;
    this.element.removeAttribute('src');
    this.release();
  }
}
