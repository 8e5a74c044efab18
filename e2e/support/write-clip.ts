/**
 * @file Writes the fake camera's clip. The photo is decoded by the browser under test, so no image package is needed.
 */
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { chromium } from '@playwright/test';
import { browserArgs, ensureChromium } from '../../cli/setup/chromium.mjs';
import { CLIP_PHOTO } from './clip-file.ts';
import { makeClip, type RgbaPicture } from './clip.ts';

const SIZE = { width: 640, height: 480 };
/** Pixels around the window for it to move in. */
const ROOM = 16;

/** The photo, scaled and cropped to cover the size (pixels), as RGBA. */
async function decodePhoto(file: string, width: number, height: number): Promise<RgbaPicture> {
  const url = `data:image/jpeg;base64,${(await readFile(file)).toString('base64')}`;
  const browser = await chromium.launch({
    executablePath: await ensureChromium(),
    args: browserArgs({ webgpu: false }),
  });
  try {
    const page = await browser.newPage();
    const binary = await page.evaluate(
      async (size) => {
        const photo = new Image();
        photo.src = size.url;
        await photo.decode();
        const scale = Math.max(size.width / photo.naturalWidth, size.height / photo.naturalHeight);
        const [w, h] = [photo.naturalWidth * scale, photo.naturalHeight * scale];
        const context = new OffscreenCanvas(size.width, size.height).getContext('2d');
        if (context === null) throw new Error('No 2D canvas.');
        context.drawImage(photo, (size.width - w) / 2, (size.height - h) / 2, w, h);
        const { data } = context.getImageData(0, 0, size.width, size.height);
        return Array.from(data, (byte) => String.fromCharCode(byte)).join('');
      },
      { url, width, height },
    );
    return { width, height, data: Buffer.from(binary, 'latin1') };
  } finally {
    await browser.close();
  }
}

/** One second, which the camera plays in a loop. */
export async function writeClip(file: string, fps: number): Promise<void> {
  const picture = await decodePhoto(CLIP_PHOTO, SIZE.width + ROOM, SIZE.height + ROOM);
  await mkdir(dirname(file), { recursive: true });
  const half = `${file}.${process.pid}`;
  await writeFile(half, makeClip(picture, { ...SIZE, frames: fps, fps }));
  await rename(half, file);
}
