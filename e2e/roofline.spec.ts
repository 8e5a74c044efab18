/** @file The Roofline screen: a measurement, its samples and its source, exports, a sustained run; and a page whose storage is blocked. */
import { readFile } from 'node:fs/promises';
import { expect, type Page } from '@playwright/test';
import { putInForce, test } from './support/measured.ts';
import { expectAccessible } from './support/visit.ts';

/** Storage that throws at every touch, as where cookies are blocked. */
async function blockStorage(page: Page): Promise<void> {
  await page.addInitScript(() => {
    Object.defineProperty(window, 'localStorage', {
      get: () => {
        throw new DOMException('blocked', 'SecurityError');
      },
    });
  });
}

/** Opens the screen with a quick profile of this machine. */
async function measured(page: Page): Promise<void> {
  await page.goto('./#roofline');
  await page.waitForFunction(() => window.ridgepoint !== undefined);
  const hasProfile = () =>
    page.evaluate(async () => {
      // Busy while the page loads its first model: then it is asked again.
      await window.ridgepoint?.roofline();
      return window.ridgepoint?.playground.state.profile !== null;
    });
  await expect.poll(hasProfile, { timeout: 60_000 }).toBe(true);
}

test('what was measured can be read, traced to its kernel, and taken along', async ({ page }) => {
  await blockStorage(page);
  await measured(page);
  await expect(page.getByRole('heading', { level: 1 })).toContainText(/peaks at [\d.,]+ GFLOP\/s/);

  // Everything that is drawn is read by keyboard.
  const chart = page.getByRole('img', { name: 'Roofline of this device' });
  await chart.focus();
  await page.keyboard.press('End');
  await expect(page.locator('figcaption')).toContainText(/\d/);
  await page.keyboard.press('Home');
  await expect(page.locator('figcaption')).toContainText(/FLOP|GB\/s/);

  await page.getByText(/All \d+ measurements/).click();
  await page
    .getByRole('button', { name: /SIMD arithmetic, fused/ })
    .first()
    .click();
  await expect(page.getByRole('img', { name: /samples in time, between/ })).toBeVisible();
  await page.getByRole('button', { name: 'Kernel source' }).click();
  await expect(page.locator('pre')).toContainText('relaxed_madd');
  await expectAccessible(page, 'Roofline with a measurement open');

  const csv = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Table (CSV)' }).click();
  const table = await readFile(await (await csv).path(), 'utf8');
  expect(table).toContain('wasm:1.fma.relaxed');
  const svg = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Chart (SVG)' }).click();
  expect(await readFile(await (await svg).path(), 'utf8')).toMatch(/^<(\?xml|svg)/);
});

test('a full profile is cancelled at once, a sustained run is drawn while it runs', async ({
  page,
  profile,
}) => {
  await page.goto('./#roofline');
  await putInForce(page, profile);
  await page.getByRole('button', { name: /Full profile/ }).click();
  await expect(page.getByRole('progressbar').first()).toBeVisible();
  await page.getByRole('button', { name: 'Cancel' }).first().click();
  await expect(page.getByRole('progressbar')).toHaveCount(0);
  await expect(page.getByRole('heading', { level: 1 })).toContainText('peaks at');

  await page.getByRole('button', { name: 'Sustained, 2 min' }).click();
  await expect(page.getByRole('img', { name: /over \d+ seconds, now/ })).toBeVisible({ timeout: 15_000 });
  await page.getByRole('button', { name: 'Stop' }).click();
  await expect(page.getByRole('button', { name: 'Sustained, 2 min' })).toBeEnabled();
  await expect(page.getByRole('img', { name: /over \d+ seconds, now/ })).toBeVisible();
});
