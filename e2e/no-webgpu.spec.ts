/** @file The same first visit in a browser without WebGPU: it says so, and everything else works. */
import { expect, test } from '@playwright/test';
import { expectAccessible, labels, measureAndWait, open, show, throughputSamples } from './support/visit.ts';

test('measure, plan and see on WASM alone', async ({ page }) => {
  await open(page);
  await expect(page.getByText(/This browser (has no WebGPU|found no GPU)/)).toBeVisible();
  await expectAccessible(page, 'welcome');
  await measureAndWait(page);
  await expect(labels(page).first()).toContainText('espresso');
  const before = await throughputSamples(page);
  await expect.poll(() => throughputSamples(page)).toBeGreaterThan(before + 4);
  await show(page, 'Roofline');
  await expect(page.getByRole('heading', { level: 1 })).toContainText(/WASM.* peaks at/);
  await expect(page.getByRole('row', { name: /fp32 GFLOP\/s/ })).toContainText('unsupported');
  await expectAccessible(page, 'Roofline');
});
