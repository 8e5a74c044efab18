/**
 * @file This machine's quick profile for tests that need one and are not about measuring: measured in a page of its own, once
 * for all of them, not once a test.
 */
import { test as base, type Page } from '@playwright/test';
import type { DeviceProfile } from '../../src/core/profile/profile.ts';

export const test = base.extend<object, { readonly profile: string }>({
  profile: [
    async ({ browser }, use, { project }) => {
      const page = await browser.newPage({ baseURL: project.use.baseURL ?? '' });
      await page.goto('./#compare');
      await page.waitForFunction(() => window.ridgepoint !== undefined);
      const profile = await page.evaluate(async () => JSON.stringify(await window.ridgepoint?.roofline()));
      await page.close();
      await use(profile);
    },
    { scope: 'worker' },
  ],
});

/** Puts a profile in force, as if this page had measured it. */
export async function putInForce(page: Page, profile: string): Promise<void> {
  await page.waitForFunction(() => window.ridgepoint !== undefined);
  await page.evaluate((text) => {
    window.ridgepoint?.playground.store.setState({ profile: JSON.parse(text) as DeviceProfile });
  }, profile);
}
