/**
 * @file FrameSources that are drawn: a photo, the sample clip (a slow walk over the shipped photos, so it needs no video
 * codec and works offline) and the digit pad.
 */
import { err, ok, type Result } from '../core/result.ts';
import type { FrameSource, SourceKind } from './frame-source.ts';

/** Draws the picture of time `t` (seconds since the start). */
type Draw = (context: CanvasRenderingContext2D, t: number) => void;

/** Animation frames come at the display's rate, 60/s nearly everywhere; hidden tabs get none, so work pauses there. */
const DISPLAY_FPS = 60;
/** A little less than 1/60 s, so that a 60 Hz display's jitter loses no frame. */
const MIN_INTERVAL_MS = 12;

class CanvasSource implements FrameSource {
  readonly kind: SourceKind;
  readonly label: string;
  readonly element: HTMLCanvasElement;
  readonly fps = DISPLAY_FPS;
  readonly ended = null;
  private readonly context: CanvasRenderingContext2D;
  private readonly draw: Draw;
  private readonly release: () => void;
  private request = 0;

  constructor(
    kind: SourceKind,
    label: string,
    element: HTMLCanvasElement,
    draw: Draw,
    release = (): void => undefined,
  ) {
    const context = element.getContext('2d', { willReadFrequently: true });
    if (!context) throw new Error('this browser gives no 2D canvas');
    this.kind = kind;
    this.label = label;
    this.element = element;
    this.context = context;
    this.draw = draw;
    this.release = release;
    draw(context, 0);
  }

  start(listener: (captureTime: number) => void): void {
    cancelAnimationFrame(this.request);
    const begin = performance.now();
    let last = -Infinity;
    const tick = (): void => {
      this.request = requestAnimationFrame(tick);
      const now = performance.now();
      // Displays of 120 Hz and more would deliver more than this source claims.
      if (now - last < MIN_INTERVAL_MS) return;
      last = now;
      this.draw(this.context, (now - begin) / 1000);
      listener(now);
    };
    this.request = requestAnimationFrame(tick);
  }

  capture(): Promise<ImageBitmap> {
    return createImageBitmap(this.element);
  }

  stop(): void {
    cancelAnimationFrame(this.request);
    this.release();
  }
}

function canvasOf(width: number, height: number): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  return canvas;
}

/** A decoded picture as the file has it: no colour conversion, no premultiplied alpha, EXIF orientation applied. */
export async function decodeImage(blob: Blob, name: string): Promise<Result<ImageBitmap>> {
  try {
    return ok(await createImageBitmap(blob, { premultiplyAlpha: 'none', colorSpaceConversion: 'none' }));
  } catch {
    return err({ code: 'image-invalid', name });
  }
}

/** Longest side of a photo on the stage: a camera's size, not a print's. Phones cannot hold a canvas of 48 megapixels. */
const LARGEST_SIDE = 1280;

export async function openImage(file: Blob, name: string): Promise<Result<FrameSource>> {
  const decoded = await decodeImage(file, name);
  if (!decoded.ok) return decoded;
  const { width, height } = decoded.value;
  const scale = Math.min(1, LARGEST_SIDE / Math.max(width, height));
  const canvas = canvasOf(Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale)));
  // Drawn once: what is on the canvas stays there, and the decoded picture can go.
  const context = canvas.getContext('2d', { willReadFrequently: true });
  context?.drawImage(decoded.value, 0, 0, canvas.width, canvas.height);
  decoded.value.close();
  return ok(new CanvasSource('image', name, canvas, () => undefined));
}

const CLIP = { width: 640, height: 480, secondsPerPhoto: 6, zoom: 0.12 };

/** The sample clip: each photo in turn, slowly zoomed. */
export async function openClip(urls: readonly string[]): Promise<Result<FrameSource>> {
  const bitmaps: ImageBitmap[] = [];
  for (const url of urls) {
    const response = await fetch(url).catch(() => null);
    if (!response?.ok)
      return err({ code: 'fetch-failed', what: 'The sample clip', status: response?.status ?? null });
    const decoded = await decodeImage(await response.blob(), url);
    if (!decoded.ok) return decoded;
    bitmaps.push(decoded.value);
  }
  const draw: Draw = (context, t) => {
    const bitmap = bitmaps[Math.floor(t / CLIP.secondsPerPhoto) % bitmaps.length];
    if (!bitmap) return;
    const progress = (t % CLIP.secondsPerPhoto) / CLIP.secondsPerPhoto;
    const cover = Math.max(CLIP.width / bitmap.width, CLIP.height / bitmap.height);
    const scale = cover * (1 + CLIP.zoom * progress);
    const [width, height] = [bitmap.width * scale, bitmap.height * scale];
    context.drawImage(bitmap, (CLIP.width - width) / 2, (CLIP.height - height) / 2, width, height);
  };
  const release = (): void => bitmaps.forEach((bitmap) => bitmap.close());
  return ok(new CanvasSource('clip', 'Sample clip', canvasOf(CLIP.width, CLIP.height), draw, release));
}

const PAD = { size: 280, stroke: 22 };

/** The digit pad: white ink on black, like MNIST. Pointer, touch and pen draw; `clearPad` wipes. */
export function openPad(): FrameSource {
  const canvas = canvasOf(PAD.size, PAD.size);
  canvas.style.touchAction = 'none';
  canvas.tabIndex = 0;
  canvas.setAttribute('role', 'img');
  canvas.setAttribute('aria-label', 'Digit pad: draw a digit from 0 to 9 with pointer or touch');
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context) throw new Error('this browser gives no 2D canvas');
  clearPad(canvas);
  Object.assign(context, { lineWidth: PAD.stroke, lineCap: 'round', lineJoin: 'round', strokeStyle: '#fff' });
  const at = (event: PointerEvent): [number, number] => {
    const box = canvas.getBoundingClientRect();
    return [
      ((event.clientX - box.left) / box.width) * PAD.size,
      ((event.clientY - box.top) / box.height) * PAD.size,
    ];
  };
  // Only what began on the pad draws: a drag that comes in from outside would join the last stroke's end.
  let drawing: number | null = null;
  const end = (): void => void (drawing = null);
  canvas.addEventListener('pointerup', end);
  canvas.addEventListener('pointercancel', end);
  canvas.addEventListener('pointerdown', (event) => {
    canvas.setPointerCapture(event.pointerId);
    drawing = event.pointerId;
    context.beginPath();
    context.moveTo(...at(event));
    context.lineTo(...at(event));
    context.stroke();
  });
  canvas.addEventListener('pointermove', (event) => {
    if (event.pointerId !== drawing) return;
    context.lineTo(...at(event));
    context.stroke();
  });
  return new CanvasSource('pad', 'Digit pad', canvas, () => undefined);
}

export function clearPad(canvas: HTMLCanvasElement): void {
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context) return;
  context.fillStyle = '#000';
  context.fillRect(0, 0, canvas.width, canvas.height);
}
