/**
 * @file Makes the clip that feeds Chromium's fake camera: a still photo, seen through a window that moves slowly in a
 * circle, as uncompressed YUV4MPEG2 (y4m), the format that `--use-file-for-fake-video-capture` reads.
 * The conversion is BT.601 in studio range with 2×2 averaged chroma, which is what Chromium assumes for that file.
 */

/** Pixels in rows, four bytes each: red, green, blue, opacity (ignored). */
export interface RgbaPicture {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

export interface ClipShape {
  /** Pixels, even. */
  readonly width: number;
  /** Pixels, even. */
  readonly height: number;
  readonly frames: number;
  /** Frames per second of the file; Chromium plays it in a loop at this rate. */
  readonly fps: number;
}

interface Offset {
  readonly x: number;
  readonly y: number;
}

/** Where the window stands in a frame: one turn a clip, so that the loop has no jump. Even, so that chroma stays aligned. */
export function windowOffset(picture: RgbaPicture, shape: ClipShape, frame: number): Offset {
  const turn = (2 * Math.PI * frame) / shape.frames;
  const at = (room: number, wave: number): number => 2 * Math.round((room * (1 + wave)) / 4);
  return {
    x: Math.min(at(picture.width - shape.width, Math.cos(turn)), picture.width - shape.width),
    y: Math.min(at(picture.height - shape.height, Math.sin(turn)), picture.height - shape.height),
  };
}

/** One frame in planes: luma `[height, width]`, then both chroma planes `[height / 2, width / 2]`. */
export function toI420(picture: RgbaPicture, { width, height }: ClipShape, offset: Offset): Uint8Array {
  const out = new Uint8Array((width * height * 3) / 2);
  const channel = (x: number, y: number, c: number): number =>
    picture.data[((offset.y + y) * picture.width + offset.x + x) * 4 + c] ?? 0;
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const luma = 0.257 * channel(x, y, 0) + 0.504 * channel(x, y, 1) + 0.098 * channel(x, y, 2);
      out[y * width + x] = Math.round(16 + luma);
    }
  }
  const u = width * height;
  const v = u + u / 4;
  for (let y = 0; y < height; y += 2) {
    for (let x = 0; x < width; x += 2) {
      const mean = (c: number): number =>
        (channel(x, y, c) + channel(x + 1, y, c) + channel(x, y + 1, c) + channel(x + 1, y + 1, c)) / 4;
      const [r, g, b] = [mean(0), mean(1), mean(2)];
      const at = (y / 2) * (width / 2) + x / 2;
      out[u + at] = Math.round(128 - 0.148 * r - 0.291 * g + 0.439 * b);
      out[v + at] = Math.round(128 + 0.439 * r - 0.368 * g - 0.071 * b);
    }
  }
  return out;
}

/** The whole file. The picture must be at least as large as the window. */
export function makeClip(picture: RgbaPicture, shape: ClipShape): Uint8Array {
  if (picture.width < shape.width || picture.height < shape.height) {
    throw new RangeError(
      `A ${picture.width}×${picture.height} picture has no ${shape.width}×${shape.height} window.`,
    );
  }
  const { width, height, fps } = shape;
  const parts: Uint8Array[] = [Buffer.from(`YUV4MPEG2 W${width} H${height} F${fps}:1 Ip A1:1 C420\n`)];
  for (let frame = 0; frame < shape.frames; frame += 1) {
    parts.push(Buffer.from('FRAME\n'), toI420(picture, shape, windowOffset(picture, shape, frame)));
  }
  return Buffer.concat(parts);
}
