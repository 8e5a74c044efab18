/** @file The same first visit with the camera refused: the reason, what to do, and the sample clip instead of a dead end. */
import { expect, test } from '@playwright/test';
import { expectAccessible, labels, measureAndWait, open, throughputSamples } from './support/visit.ts';

test('the sample clip plays and the reason stays', async ({ page }) => {
  await open(page);
  await measureAndWait(page);
  await expect(page.getByRole('alert')).toContainText('The camera was not allowed.');
  await expect(page.getByRole('button', { name: 'Sample clip' })).toHaveAttribute('aria-pressed', 'true');
  await expect(labels(page).first()).toBeVisible();
  const before = await throughputSamples(page);
  await expect.poll(() => throughputSamples(page)).toBeGreaterThan(before + 4);
  await expectAccessible(page, 'live with a notice');
  await page.getByRole('button', { name: 'Dismiss' }).click();
  await expect(page.getByRole('alert')).toBeHidden();
});
