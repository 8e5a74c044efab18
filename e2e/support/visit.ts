/** @file What every journey does: open the page, press the one button, wait until live classifies. */
import { expect, type Page } from '@playwright/test';
import AxeBuilder from '@axe-core/playwright';

export const SCREENS = ['Live', 'Model', 'Roofline', 'Partition', 'Co-design', 'Compare'] as const;
export type Screen = (typeof SCREENS)[number];

export async function open(page: Page): Promise<void> {
  await page.goto('./');
  await expect(page.getByRole('heading', { name: 'How fast can this device see?' })).toBeVisible();
}

/** Presses the one button and waits for the first label on the stage. */
export async function measureAndWait(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Measure this device' }).click();
  await expect(page.getByRole('progressbar')).toBeVisible();
  await expect(labels(page).first()).toBeVisible({ timeout: 180_000 });
}

/** The labels over the picture, most probable first. */
export const labels = (page: Page) =>
  page.getByRole('list', { name: 'Most probable labels' }).getByRole('listitem');

export async function show(page: Page, screen: Screen): Promise<void> {
  await page.getByRole('navigation', { name: 'Screens' }).getByRole('link', { name: screen }).click();
}

/** Samples in the throughput chart. */
export async function throughputSamples(page: Page): Promise<number> {
  const chart = page.getByRole('img', { name: /^Throughput in frames\/s/ });
  return Number(await chart.getAttribute('data-samples'));
}

/** The same rules; of what passes, no list of every element is made. */
const VIOLATIONS_ONLY = { resultTypes: ['violations' as const] };

/** Fails on any violation that axe calls serious or critical. */
export async function expectAccessible(page: Page, where: string): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).options(VIOLATIONS_ONLY).analyze();
  const grave = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  const found = grave.map(
    ({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`,
  );
  expect(found, where).toEqual([]);
}
