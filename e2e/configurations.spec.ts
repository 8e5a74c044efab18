/** @file An elastic model: choosing a configuration composes, fuses and proves it in the page; live goes on with it. */
import { expect, test, type Page } from '@playwright/test';
import { expectAccessible, labels, open, show } from './support/visit.ts';

interface Shipped {
  readonly elastic: { readonly default: string; readonly configurations: readonly { readonly id: string }[] };
}

const heading = (page: Page) => page.getByRole('heading', { level: 1 });
const inForce = (page: Page) =>
  page.evaluate(() => {
    const model = window.ridgepoint?.playground.state.model;
    return { id: model?.configuration, shape: model?.description.forms.deploy.input.shape };
  });

async function load(page: Page, name: string): Promise<void> {
  await show(page, 'Model');
  await page.getByRole('combobox', { name: /^Model/ }).selectOption({ label: name });
  await expect(heading(page)).toContainText('changed the outputs by');
}

test('a configuration is chosen, by list and by table, and back', async ({ page }) => {
  await open(page);
  await load(page, 'Rep-Tiny');
  const response = await page.request.get('./models/rep-tiny/manifest.json');
  const { elastic } = (await response.json()) as Shipped;
  const [smallest] = elastic.configurations;
  expect(await inForce(page)).toMatchObject({ id: elastic.default, shape: [1, 3, 64, 64] });
  const whole = await heading(page).textContent();

  const rows = page
    .getByRole('table')
    .last()
    .getByRole('button', { name: /^Use \d+ × \d+, .* top-1, blocks 3×3/ });
  await expect(rows).toHaveCount(elastic.configurations.length);
  await expect(rows.first()).toHaveAttribute('aria-pressed', 'true');
  // By keyboard, which keeps its place.
  await rows.last().focus();
  await page.keyboard.press('Enter');
  await expect(rows.last()).toHaveAttribute('aria-pressed', 'true');
  await expect(rows.last()).toBeFocused();
  await expect(heading(page)).toContainText('changed the outputs by');
  expect(await heading(page).textContent()).not.toBe(whole);
  expect((await inForce(page)).id).toBe(smallest?.id);
  await expect(page.getByRole('row', { name: /of the largest output/ })).toContainText(
    /e-[6-9]|reference 0$/,
  );
  await expectAccessible(page, 'Model with configurations');

  await page.getByRole('combobox', { name: /^Configuration/ }).selectOption(elastic.default);
  await expect(rows.first()).toHaveAttribute('aria-pressed', 'true');
  await expect(heading(page)).toHaveText(whole ?? '');
});

test('live goes on with the configuration that is chosen', async ({ page }) => {
  await open(page);
  await load(page, 'Rep-Digits');
  await show(page, 'Live');
  await page.getByRole('button', { name: 'Draw a digit first' }).click();
  await expect(labels(page).first()).toBeVisible();
  const before = await inForce(page);
  const choice = page.getByRole('combobox', { name: /^Configuration/ });
  await choice.selectOption({ index: (await choice.locator('option').count()) - 1 });
  await expect.poll(async () => (await inForce(page)).id).not.toBe(before.id);
  await expect(labels(page).first()).toBeVisible();
});

test('a damaged statistics file is refused, and the model before stays', async ({ page }) => {
  await page.route('**/models/rep-tiny/calibration.bin', async (route) => {
    const body = await (await route.fetch()).body();
    body[0] = (body[0] ?? 0) ^ 0xff;
    await route.fulfill({ body, contentType: 'application/octet-stream' });
  });
  await open(page);
  await load(page, 'Rep-Digits');
  await page.getByRole('combobox', { name: /^Model/ }).selectOption({ label: 'Rep-Tiny' });
  await expect(page.getByRole('alert')).toContainText('does not match its checksum');
  await expect(heading(page)).toContainText('Fusing took');
  expect((await inForce(page)).id).toMatch(/^28-/);
});

test('Lite0 at a smaller input says what it keeps, and quotes no accuracy that is not its own', async ({
  page,
}) => {
  await open(page);
  await load(page, 'EfficientNet-Lite0');
  await expect(page.getByText('75.1 % top-1')).toBeVisible();
  await page.getByRole('button', { name: /^Use 160 × 160, keeps \d+ %/ }).click();
  await expect.poll(async () => (await inForce(page)).shape).toEqual([1, 3, 160, 160]);
  await expect(page.getByText('75.1 % top-1')).toHaveCount(0);
});
