/** @file The built page in Chromium with a fake camera, for benches that look at live. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser } from 'playwright';
import { writeClip } from '../../e2e/support/write-clip.ts';
import { launchArguments } from '../gpu.ts';
import { ROOT } from '../input.ts';
import { startServer } from '../server.mjs';
import { ensureBuilt } from '../setup/build.mjs';
import { ensureChromium } from '../setup/chromium.mjs';
import type { BenchPage } from './page.ts';

/** Chromium whose camera shows the clip, round and round, to whoever asks. */
export async function launchWithCamera(clip: string): Promise<Browser> {
  const executablePath = await ensureChromium();
  return chromium.launch({
    executablePath,
    args: [
      ...(await launchArguments(executablePath, true)),
      '--use-fake-device-for-media-stream',
      '--use-fake-ui-for-media-stream',
      `--use-file-for-fake-video-capture=${clip}`,
    ],
  });
}

/** Pictures of 640 × 480 at `fps`, round and round. */
export async function openCameraPage(fps: number): Promise<BenchPage> {
  ensureBuilt();
  const folder = mkdtempSync(join(tmpdir(), 'ridgepoint-camera-'));
  const clip = join(folder, 'camera.y4m');
  await writeClip(clip, fps);
  const server = await startServer({ root: join(ROOT, 'dist'), port: 0, routes: new Map() });
  const browser = await launchWithCamera(clip);
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.goto(server.url);
  await page.waitForFunction('window.ridgepoint');
  return {
    evaluate: (expression) => page.evaluate(expression),
    close: async () => {
      await browser.close();
      await server.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Starts the camera and waits for its first result. */
export async function startCamera({ evaluate }: BenchPage): Promise<void> {
  await evaluate(`(async () => {
    [...document.querySelectorAll('button')].find(({ textContent }) => textContent.trim() === 'Camera').click();
    while (!(ridgepoint.playground.state.live.figures?.completed > 0)) await new Promise((next) => setTimeout(next, 20));
  })()`);
}
