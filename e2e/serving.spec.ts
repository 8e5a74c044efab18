/** @file The built page as `npm start` serves it: isolation, and the playground's verbs on `window`. */
import { expect, test } from '@playwright/test';

test('the page is cross-origin isolated and has its console verbs', async ({ page }) => {
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(error.message));
  const response = await page.goto('./');
  expect(response?.headers()).toMatchObject({
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-embedder-policy': 'require-corp',
    'cache-control': 'no-cache',
  });
  await page.waitForFunction(() => 'ridgepoint' in window);
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
  expect(problems).toEqual([]);
});

test('what the build named by its content is kept for good, what is missing is a 404', async ({
  request,
}) => {
  const html = await (await request.get('./')).text();
  const script = /src="(?:[.]\/)?(assets\/[^"]+[.]js)"/.exec(html)?.[1];
  const answer = await request.get(`./${script ?? 'no-script-in-index.html'}`);
  expect(answer.headers()).toMatchObject({
    'content-type': 'text/javascript; charset=utf-8',
    'cache-control': 'public, max-age=31536000, immutable',
    'cross-origin-resource-policy': 'same-origin',
  });
  expect((await request.get('./assets/no-such-file.js')).status()).toBe(404);
});

test('the fake camera delivers the clip: 640 × 480, and it moves', async ({ page }) => {
  await page.goto('./');
  const frames = await page.evaluate(async () => {
    const stream = await navigator.mediaDevices.getUserMedia({ video: true });
    const video = document.createElement('video');
    video.srcObject = stream;
    video.muted = true;
    await video.play();
    const canvas = new OffscreenCanvas(64, 48);
    const context = canvas.getContext('2d', { willReadFrequently: true });
    const sums = new Set<number>();
    for (let i = 0; i < 12; i += 1) {
      await new Promise((resolve) => video.requestVideoFrameCallback(resolve));
      context?.drawImage(video, 0, 0, 64, 48);
      sums.add(context?.getImageData(0, 0, 64, 48).data.reduce((sum, byte) => sum + byte, 0) ?? 0);
    }
    const size = [video.videoWidth, video.videoHeight];
    for (const track of stream.getTracks()) track.stop();
    return { size, different: sums.size };
  });
  expect(frames.size).toEqual([640, 480]);
  expect(frames.different).toBeGreaterThan(3);
});
