/** @file The first visit of someone with a camera, from the one button to another device's Roofline beside their own. */
import { readFile } from 'node:fs/promises';
import { expect, test } from '@playwright/test';
import {
  expectAccessible,
  labels,
  measureAndWait,
  open,
  SCREENS,
  show,
  throughputSamples,
} from './support/visit.ts';

interface SavedProfile {
  format: string;
  name: string;
  metrics: { id: string; median: number | null; n: number }[];
}

test('measure, plan, see, export, import, compare', async ({ page }) => {
  await open(page);
  await expectAccessible(page, 'welcome');
  await measureAndWait(page);

  // The fake camera shows the shipped photo of a cup of coffee.
  await expect(labels(page).first()).toContainText('espresso');
  const before = await throughputSamples(page);
  await expect.poll(() => throughputSamples(page)).toBeGreaterThan(before + 4);

  await show(page, 'Model');
  await expect(page.getByRole('heading', { level: 1 })).toContainText(
    'Fusing took 143 operations down to 94',
  );
  await expect(page.getByRole('row', { name: /of the largest output/ })).toContainText(
    /e-[6-9]|reference 0$/,
  );

  await show(page, 'Roofline');
  await expect(page.getByRole('heading', { level: 1 })).toContainText(/peaks at [\d.,]+ GFLOP\/s/);
  const chart = page.getByRole('img', { name: 'Roofline of this device' });
  await chart.focus();
  await page.keyboard.press('ArrowRight');
  await expect(page.locator('figcaption')).toContainText(/FLOP\/byte, limited by (memory|arithmetic)/);
  await expect(page.getByText('WebGPU runs in software here')).toBeVisible();

  // Live goes on while other screens are looked at.
  const completed = () =>
    page.evaluate(() => window.ridgepoint?.playground.state.live.figures?.completed ?? 0);
  const seen = await completed();
  await expect.poll(completed).toBeGreaterThan(seen + 3);

  await show(page, 'Partition');
  await expect(page.getByRole('heading', { level: 1 })).toContainText(/\bruns?\b/);
  await expect(page.getByRole('row', { name: /in force/ })).toBeVisible();

  const download = page.waitForEvent('download');
  await show(page, 'Compare');
  await page.getByRole('button', { name: 'Export this profile' }).click();
  const saved = JSON.parse(await readFile(await (await download).path(), 'utf8')) as SavedProfile;
  expect(saved.format).toBe('ridgepoint-profile');
  expect(saved.metrics.find(({ id }) => id === 'wasm:1.copy')?.n).toBeGreaterThanOrEqual(5);

  const faster = saved.metrics.map((metric) =>
    metric.id === 'wasm:1.copy' && metric.median !== null ? { ...metric, median: metric.median * 3 } : metric,
  );
  const other = JSON.stringify({ ...saved, name: 'Another laptop', metrics: faster });
  await page
    .locator('input[type=file]')
    .setInputFiles({ name: 'other.json', mimeType: 'application/json', buffer: Buffer.from(other) });
  await expect(page.getByRole('img', { name: 'Rooflines of 2 devices' })).toBeVisible();
  const ratios = page.getByRole('region', { name: /Another laptop against this device/ });
  await expect(ratios.getByRole('row', { name: /WASM: memory copy \d/ })).toContainText('3.00 ×');

  await page.getByRole('button', { name: 'Take Another laptop off' }).click();
  await expect(page.getByRole('img', { name: 'Roofline of one device' })).toBeVisible();
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(page.getByRole('img', { name: 'Rooflines of 2 devices' })).toBeVisible();

  // The browser's own theme is light: the first click is to dark, the second back.
  for (const theme of ['Dark theme', 'Light theme']) {
    await page.getByRole('button', { name: theme }).click();
    for (const screen of SCREENS) {
      await show(page, screen);
      await expectAccessible(page, `${screen}, ${theme}`);
    }
  }
  await page.setViewportSize({ width: 390, height: 844 });
  for (const screen of SCREENS) {
    await show(page, screen);
    await expectAccessible(page, `${screen} on a phone`);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(overflow, `${screen} on a phone scrolls sideways`).toBeLessThanOrEqual(0);
  }
});

test('a measurement can be cancelled and leaves nothing behind', async ({ page }) => {
  await open(page);
  await page.getByRole('button', { name: 'Measure this device' }).click();
  await expect(page.getByText(/Arithmetic on|GPU arithmetic/)).toBeVisible();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await expect(page.getByRole('progressbar')).toBeHidden();
  await expect(page.getByRole('button', { name: 'Measure this device' })).toBeEnabled();
  expect(await page.evaluate(() => window.ridgepoint?.playground.state.profile)).toBeNull();
});

test('a digit drawn on the pad is read', async ({ page }) => {
  await page.goto('./#model');
  await page.getByRole('combobox', { name: 'Model' }).selectOption('rep-digits');
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Fusing took');
  await show(page, 'Live');
  await page.getByRole('button', { name: 'Draw a digit first' }).click();
  const pad = page.getByRole('img', { name: /^Digit pad/ });
  const box = await pad.boundingBox();
  if (!box) throw new Error('the pad has no box');
  const at = (x: number, y: number): [number, number] => [box.x + x * box.width, box.y + y * box.height];
  await page.mouse.move(...at(0.5, 0.2));
  await page.mouse.down();
  await page.mouse.move(...at(0.5, 0.8), { steps: 12 });
  await page.mouse.up();
  await expect(labels(page).first()).toContainText(/^1/);
  await page.getByRole('button', { name: 'Clear' }).click();
});

test('a source button pressed twice runs once, and the camera goes off', async ({ page }) => {
  await open(page);
  await page.getByRole('button', { name: 'Try the sample clip first' }).click();
  await expect(labels(page).first()).toBeVisible();
  await page.evaluate(() => {
    const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    const tracks: MediaStreamTrack[] = [];
    Object.assign(window, { tracks });
    navigator.mediaDevices.getUserMedia = async (constraints) => {
      const stream = await real(constraints);
      tracks.push(...stream.getTracks());
      return stream;
    };
  });
  await page.getByRole('button', { name: 'Camera' }).dblclick();
  await expect(page.locator('video')).toBeVisible();
  await expect(labels(page).first()).toContainText('espresso');
  const completed = () =>
    page.evaluate(() => window.ridgepoint?.playground.state.live.figures?.completed ?? 0);
  const before = await completed();
  await expect.poll(completed).toBeGreaterThan(before + 3);
  await page.getByRole('button', { name: 'Stop' }).click();
  const living = () =>
    page.evaluate(() => {
      const { tracks } = window as unknown as { tracks: MediaStreamTrack[] };
      return tracks.filter((track) => track.readyState === 'live').length;
    });
  await expect.poll(living).toBe(0);
});

test('cancelling while both forms are compared leaves no model and goes no further', async ({ page }) => {
  await open(page);
  await page.getByRole('button', { name: 'Measure this device' }).click();
  await expect(page.getByText('Comparing both forms').first()).toBeVisible();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await expect(page.getByRole('progressbar')).toBeHidden();
  const state = await page.evaluate(() => {
    const { model, profile } = window.ridgepoint?.playground.state ?? {};
    return { model: model === null, profile: profile === null };
  });
  expect(state).toEqual({ model: true, profile: true });
});
