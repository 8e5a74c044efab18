/** @file The Partition screen: why the cut lies where it lies, another cut tried by hand, the schedule read and as a table. */
import { expect, type Page } from '@playwright/test';
import { test } from './support/measured.ts';
import { expectAccessible } from './support/visit.ts';

/** Opens the screen with two equal WASM groups planned on the small model. */
async function planned(page: Page, profile: string): Promise<void> {
  await page.goto('./#partition');
  await page.waitForFunction(() => window.ridgepoint !== undefined);
  const plan = () =>
    page.evaluate(async (measured) => {
      // Busy while the page loads its first model: then it is asked again.
      const choice = { model: 'rep-tiny', processors: ['wasm:1', 'wasm:1'], profile: measured, rounds: 1 };
      const report = await window.ridgepoint?.plan(choice);
      return report !== undefined && 'plans' in report;
    }, profile);
  await expect.poll(plan, { timeout: 120_000 }).toBe(true);
}

test('a plan is explained, compared, and another cut is tried', async ({ page, profile }) => {
  await planned(page, profile);
  await expect(page.getByRole('heading', { level: 1 })).toContainText(/\bruns?\b/);

  // Ours, each processor alone, the paper's choice and the bound, side by side.
  const baselines = page.getByRole('region', { name: 'Beside the baselines' });
  for (const name of [/^In force/, /^WASM alone/, /^The paper’s objective/])
    await expect(baselines.getByRole('row', { name })).toContainText(/\d.*pred\. \d/);
  await expect(baselines.getByRole('row', { name: /^The bound/ })).toContainText(/pred\. \d/);
  const reasons = page.getByRole('region', { name: 'Why there' }).getByRole('listitem');
  await expect(reasons.first()).toContainText(/\d ms/);

  // Another arrangement, then its cut moved with the keyboard: nothing runs, the figures follow at once.
  const whatIf = page.getByRole('region', { name: 'What if it were cut elsewhere?' });
  await whatIf.getByRole('combobox').selectOption({ label: await optionWith(page, '→') });
  const cut = whatIf.getByRole('slider', { name: 'Cut between WASM A and WASM B' });
  await cut.focus();
  await page.keyboard.press('Home');
  await expect(cut).toHaveAttribute('aria-valuetext', /^after unit 1, /);
  const slow = await framesPerSecond(page);
  await page.keyboard.press('ArrowRight');
  await expect(cut).toHaveAttribute('aria-valuetext', /^after unit 2, /);
  expect(await framesPerSecond(page)).toBeGreaterThan(slow);
  expect(await page.evaluate(() => window.ridgepoint?.playground.busy() ?? null)).toBeNull();

  const schedule = page.getByRole('region', { name: /^The last 8 frames/ });
  await schedule.getByRole('img', { name: /^Frames in the pipeline/ }).focus();
  await page.keyboard.press('ArrowRight');
  await expect(schedule.locator('figcaption')).toContainText(/^Frame 1 on WASM A, predicted: .* ms\./);
  await schedule.getByText(/The same \d+ steps as a table/).click();
  await expect(schedule.getByRole('row', { name: /^1, predicted 2 WASM B/ })).toBeVisible();

  await whatIf.getByRole('button', { name: 'Back to the plan in force' }).click();
  await expect(whatIf.getByText('this is the plan in force')).toBeVisible();
  await expect(schedule.getByRole('row', { name: /^8, measured/ }).first()).toBeVisible();
});

test('costs are read by each cost model, and all of it on a phone in both themes', async ({
  page,
  profile,
}) => {
  await planned(page, profile);
  const costs = page.getByRole('region', { name: 'What each part costs on each processor' });
  const cells = () => costs.getByRole('row').allInnerTexts();
  const measured = await cells();
  await costs.getByRole('button', { name: 'Roofline' }).click();
  expect(await cells()).not.toEqual(measured);
  // Each unit of this model is one layer.
  await expect(costs.getByRole('button', { name: 'layers' })).toHaveCount(0);

  for (const theme of ['Dark theme', 'Light theme']) {
    await page.getByRole('button', { name: theme }).click();
    await expectAccessible(page, `Partition, ${theme}`);
  }
  await page.setViewportSize({ width: 390, height: 844 });
  await expectAccessible(page, 'Partition on a phone');
  const small = await page.evaluate(() => {
    const touched = [...document.querySelectorAll('main :is(button, select, input, summary)')];
    return touched
      .filter((each) => each.getBoundingClientRect().height < 43.5)
      .map(({ outerHTML }) => outerHTML);
  });
  expect(small, 'too small to touch').toEqual([]);
  // What scrolls in its own region may be wider.
  const wide = await page.evaluate(() => {
    const parts = [...document.querySelectorAll('main *')].filter((each) => !each.closest('[role=region]'));
    return parts
      .filter((each) => each.getBoundingClientRect().right > window.innerWidth + 0.5)
      .map(({ outerHTML }) => outerHTML);
  });
  expect(wide, 'wider than the phone').toEqual([]);
  expect(
    await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth),
  ).toBeLessThanOrEqual(0);
});

/** The first arrangement whose name has `part`. */
async function optionWith(page: Page, part: string): Promise<string> {
  const names = await page.getByRole('combobox', { name: 'Arrangement' }).locator('option').allInnerTexts();
  return names.find((name) => name.includes(part)) ?? '';
}

/** What the tried plan would do. */
async function framesPerSecond(page: Page): Promise<number> {
  const figure = page.locator('div', { has: page.getByText(/^frames\/s, /) }).last();
  return Number.parseFloat((await figure.locator('strong').innerText()).replaceAll(',', ''));
}
