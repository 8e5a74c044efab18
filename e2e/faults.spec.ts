/** @file What goes wrong on the way: each says what happened and what to do, and nothing that was loaded is lost. */
import { expect, test, type Page } from '@playwright/test';
import { labels, open, show } from './support/visit.ts';

const trySample = (page: Page) => page.getByRole('button', { name: 'Try the sample clip first' }).click();

test('a model that cannot be fetched', async ({ page }) => {
  await page.route('**/models/efficientnet-lite0/model.onnx', (route) => route.abort());
  await open(page);
  await trySample(page);
  await expect(page.getByRole('alert')).toContainText('could not be loaded');
  await page.unroute('**/models/efficientnet-lite0/model.onnx');
  await trySample(page);
  await expect(labels(page).first()).toBeVisible();
});

test('a model file that does not match its checksum', async ({ page }) => {
  await page.route('**/models/efficientnet-lite0/model.onnx', async (route) => {
    const body = await (await route.fetch()).body();
    body[body.length >> 1] = (body[body.length >> 1] ?? 0) ^ 0xff;
    await route.fulfill({ body, contentType: 'application/octet-stream' });
  });
  await open(page);
  await trySample(page);
  await expect(page.getByRole('alert')).toContainText('does not match its checksum');
});

test('junk dropped as a model leaves the loaded one', async ({ page }) => {
  await open(page);
  await trySample(page);
  await expect(labels(page).first()).toBeVisible();
  await show(page, 'Model');
  const chooser = page.locator('input[type=file]');
  await chooser.setInputFiles({ name: 'junk.onnx', mimeType: '', buffer: Buffer.from('this is no model') });
  await expect(page.getByRole('alert')).toContainText('not a readable ONNX model');
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Fusing took 143 operations');
  await show(page, 'Live');
  await expect(labels(page).first()).toBeVisible();
});

test('junk imported as a profile', async ({ page }) => {
  await page.goto('./#compare');
  const chooser = page.locator('input[type=file]');
  for (const text of ['{', '{"format":"ridgepoint-profile","version":2}', '[]']) {
    await chooser.setInputFiles({
      name: 'junk.json',
      mimeType: 'application/json',
      buffer: Buffer.from(text),
    });
    await expect(page.getByRole('alert')).toContainText('not a Ridgepoint profile');
    await page.getByRole('button', { name: 'Dismiss' }).click();
  }
});

test('a page that is not cross-origin isolated runs on one thread and says so', async ({ page }) => {
  await page.route(
    (url) => url.pathname === '/',
    async (route) => {
      const response = await route.fetch();
      const headers = response.headers();
      delete headers['cross-origin-opener-policy'];
      delete headers['cross-origin-embedder-policy'];
      await route.fulfill({ response, headers });
    },
  );
  await open(page);
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(false);
  await expect(page.getByText('This page is not cross-origin isolated')).toBeVisible();
  await trySample(page);
  await expect(labels(page).first()).toBeVisible();
});

test('a camera that is unplugged', async ({ page }) => {
  await open(page);
  await trySample(page);
  await expect(labels(page).first()).toBeVisible();
  await page.getByRole('button', { name: 'Camera' }).click();
  await expect(page.locator('video')).toBeVisible();
  await expect(labels(page).first()).toContainText('espresso');
  await page.evaluate(() => {
    const stream = document.querySelector('video')?.srcObject;
    if (!(stream instanceof MediaStream)) throw new Error('no camera on the stage');
    // What a browser does when the device goes: the track has ended, and says so.
    for (const track of stream.getTracks()) {
      track.stop();
      track.dispatchEvent(new Event('ended'));
    }
  });
  await expect(page.getByRole('alert')).toContainText('The camera went away.');
  await page.getByRole('button', { name: 'Sample clip' }).click();
  await expect(labels(page).first()).toBeVisible();
  await expect(page.getByRole('alert')).toBeHidden();
});
