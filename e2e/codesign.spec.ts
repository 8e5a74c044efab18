/** @file The Co-design screen: explore this device's designs, walk the front, wish, apply, go back; and the same live. */
import { expect, type Page } from '@playwright/test';
import { repNetBytes } from '../src/fixtures/models.ts';
import { putInForce, test } from './support/measured.ts';
import { expectAccessible, labels, show } from './support/visit.ts';

const EXPLORE_MS = 180_000;

const chart = (page: Page) => page.getByRole('slider', { name: /^Designs of Rep-Digits/ });
const card = (page: Page) => page.getByRole('region', { name: 'The design' });
const top1 = (page: Page) => card(page).locator('dd').first();
const wish = (page: Page, name: RegExp) => page.getByRole('spinbutton', { name });
const space = (page: Page) => page.evaluate(() => window.ridgepoint?.playground.state.codesign ?? null);
const configuration = (page: Page) =>
  page.evaluate(() => window.ridgepoint?.playground.state.model?.configuration ?? null);

/** The screen with Rep-Digits loaded on a measured device, nothing explored. */
async function ready(page: Page, profile: string): Promise<void> {
  await page.goto('./#codesign');
  await putInForce(page, profile);
  await page.evaluate(() => window.ridgepoint?.playground.loadModel('rep-digits'));
  await expect(
    page.getByRole('heading', { name: /^Which Rep-\u2060Digits for this device\?$/ }),
  ).toBeVisible();
}

async function explore(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Explore this device’s designs' }).click();
  await expect(page.getByRole('progressbar')).toBeVisible();
  await expect(chart(page)).toBeVisible({ timeout: EXPLORE_MS });
}

async function exploreToTheEnd(page: Page): Promise<void> {
  await explore(page);
  await expect(page.getByText('All of them ran.')).toBeVisible({ timeout: EXPLORE_MS });
  await expect(page.getByRole('progressbar')).toHaveCount(0);
}

test('before anything is measured it offers to, and says so of a model without configurations', async ({
  page,
  profile,
}) => {
  await page.goto('./#codesign');
  await expect(page.getByRole('heading', { name: 'Which model for this device?' })).toBeVisible();
  await expect(page.getByRole('main').getByRole('button', { name: 'Measure this device' })).toBeVisible();
  await expectAccessible(page, 'Co-design, empty');
  await page.evaluate(
    async (bytes) => {
      const file = new File([Uint8Array.from(bytes)], 'mine.onnx');
      await window.ridgepoint?.playground.loadModelFile('mine.onnx', file);
    },
    [...repNetBytes()],
  );
  await putInForce(page, profile);
  await expect(page.getByRole('heading', { name: 'mine.onnx has one configuration.' })).toBeVisible();
  await expect(page.getByRole('main').getByRole('link', { name: 'Partition' })).toBeVisible();
});

test('the front is explored, walked, wished upon and applied', async ({ page, profile }) => {
  await ready(page, profile);
  await exploreToTheEnd(page);
  const front = (await space(page))?.front ?? [];
  expect(front.length).toBeGreaterThan(2);
  await expect(chart(page)).toHaveAttribute('aria-valuemax', String(front.length));

  // By keyboard, from the most accurate to the fastest and back; Enter applies.
  await chart(page).focus();
  await page.keyboard.press('End');
  await expect(chart(page)).toHaveAttribute('aria-valuenow', String(front.length));
  await page.keyboard.press('ArrowLeft');
  await expect(chart(page)).toHaveAttribute('aria-valuenow', String(front.length - 1));
  await expect(chart(page)).toHaveAttribute(
    'aria-valuetext',
    /^\d+ px · \d\d\.\d %: .* frames\/s measured, n = [\d,]+/,
  );
  await expect(card(page).getByText('picked by hand')).toBeVisible();
  const before = await configuration(page);
  await page.keyboard.press('End');
  await page.keyboard.press('Enter');
  await expect(card(page).getByRole('button', { name: 'In force' })).toBeDisabled();
  expect(await configuration(page)).not.toBe(before);
  await expect(chart(page)).toBeFocused();

  // And back to what was in force before.
  await card(page)
    .getByRole('button', { name: /^Back to \d+ px/ })
    .click();
  await expect.poll(() => configuration(page)).toBe(before);

  // Wishes choose; where nothing keeps them, the one in the way is let go just far enough.
  await wish(page, /^Most accuracy lost/).fill('0');
  await page.getByRole('button', { name: 'fastest' }).click();
  await expect(card(page).getByText('chosen by the wishes')).toBeVisible();
  const best = Math.max(...((await space(page))?.configurations.map(({ top1 }) => top1) ?? []));
  await expect(top1(page)).toContainText(`${(100 * best).toFixed(1)} %`);
  // They hold while other screens are shown.
  await page.getByRole('navigation').getByRole('link', { name: 'Partition' }).click();
  await expect(chart(page)).toHaveCount(0);
  await page.getByRole('navigation').getByRole('link', { name: 'Co-design' }).click();
  await expect(wish(page, /^Most accuracy lost/)).toHaveValue('0');
  await expect(top1(page)).toContainText(`${(100 * best).toFixed(1)} %`);
  await wish(page, /^Least throughput/).fill('999999');
  await expect(page.getByText('Nothing keeps all of that.')).toBeVisible();
  await page.getByRole('button', { name: /^Relax to at least \d/ }).click();
  await expect(page.getByText('Nothing keeps all of that.')).toHaveCount(0);
  await expect(wish(page, /^Least throughput/)).not.toHaveValue('999999');
  await page.getByRole('button', { name: 'Clear: least throughput' }).click();
  await page.getByRole('button', { name: 'Clear: most accuracy lost' }).click();
  await expect(top1(page)).not.toContainText(`${(100 * best).toFixed(1)} %`);
  await card(page).getByRole('button', { name: 'Apply' }).click();
  await expect(card(page).getByRole('button', { name: 'In force' })).toBeDisabled();

  // By table, and by pointer where the axis is latency.
  await page.getByRole('button', { name: 'latency', exact: true }).click();
  await expect(chart(page)).toHaveAccessibleName(/latency of a frame alone, ms$/);
  await page.getByText(/^The same \d+ designs as a table/).click();
  const rows = page.getByRole('region', { name: 'Designs of the front' }).getByRole('row');
  await expect(rows).toHaveCount(front.length + 1);
  await rows.nth(1).getByRole('button').click();
  await expect(chart(page)).toHaveAttribute('aria-valuetext', new RegExp(`· ${(100 * best).toFixed(1)} %`));
  const { x, y } = await leftmostMark(page);
  await page.mouse.click(x, y);
  await expect(chart(page)).not.toHaveAttribute(
    'aria-valuetext',
    new RegExp(`· ${(100 * best).toFixed(1)} %`),
  );
});

test('a cancelled exploration leaves its front, and the rest can be run; it fits a phone in both themes', async ({
  page,
  profile,
}) => {
  await ready(page, profile);
  await explore(page);
  await page.getByRole('button', { name: 'Cancel' }).click();
  await expect(page.getByRole('progressbar')).toHaveCount(0);
  await expect(page.getByText(/of them ran, the rest is predicted\./)).toBeVisible();
  await expect(page.getByRole('button', { name: 'Explore to the end' })).toBeEnabled();
  await chart(page).focus();
  await page.keyboard.press('End');
  await page.keyboard.press('Enter');
  await expect(card(page).getByRole('button', { name: 'In force' })).toBeDisabled();

  await wish(page, /^Least throughput/).fill('999999');
  for (const theme of ['Dark theme', 'Light theme']) {
    await page.getByRole('button', { name: theme }).click();
    await expectAccessible(page, `Co-design, ${theme}`);
  }
  await page.setViewportSize({ width: 390, height: 844 });
  await expectAccessible(page, 'Co-design on a phone');
  const small = await page.evaluate(() => {
    const touched = [...document.querySelectorAll('main :is(button, select, input, summary)')];
    return touched
      .filter((each) => each.getBoundingClientRect().height < 43.5)
      .map(({ outerHTML }) => outerHTML);
  });
  expect(small, 'too small to touch').toEqual([]);
  expect(
    await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth),
  ).toBeLessThanOrEqual(0);
});

test('live goes on under another design, by the slider and by a frame rate to hold', async ({
  page,
  profile,
}) => {
  await ready(page, profile);
  await page.evaluate(() => window.ridgepoint?.playground.explore({ verify: false }));
  await show(page, 'Live');
  await page.getByRole('button', { name: 'Camera', exact: true }).click();
  await expect(labels(page).first()).toBeVisible();
  const source = await page.evaluateHandle(() => window.ridgepoint?.playground.live.source);
  const completed = () =>
    page.evaluate(() => window.ridgepoint?.playground.state.live.figures?.completed ?? 0);

  const slider = page.getByRole('slider', { name: 'Design, from accuracy to throughput' });
  const before = await configuration(page);
  await slider.focus();
  await page.keyboard.press('End');
  await expect.poll(() => configuration(page)).not.toBe(before);
  await expect(slider).toHaveAttribute('aria-valuetext', /frames\/s (measured|predicted)$/);
  const soFar = await completed();
  await expect.poll(completed).not.toBe(soFar);
  // The camera was not opened again.
  expect(await source.evaluate((same) => same === window.ridgepoint?.playground.live.source)).toBe(true);

  // Any design keeps one frame a second: the governor goes back to the most accurate, and says so.
  await page.getByRole('spinbutton', { name: 'Frames/s to hold' }).fill('1');
  await page.getByRole('button', { name: 'Hold', exact: true }).click();
  await expect(page.getByRole('button', { name: 'Hold', exact: true })).toHaveAttribute(
    'aria-pressed',
    'true',
  );
  const moves = page.getByRole('list', { name: 'Moves of the governor' }).getByRole('listitem');
  await expect(moves.first()).toHaveText(/^\d:\d\d ▲ \d+ px · \d\d\.\d % for \d+ px .* target 1$/);
  await expectAccessible(page, 'Live, governed');
  await page.getByRole('button', { name: 'Hold', exact: true }).click();
  await expect(moves).toHaveCount(0);
});

/** The middle of the leftmost mark of the front, on the page. */
async function leftmostMark(page: Page): Promise<{ x: number; y: number }> {
  const marks = await chart(page)
    .locator('[data-mark]')
    .evaluateAll((all) =>
      all.map((mark) => {
        const { x, y, width, height } = mark.getBoundingClientRect();
        return { x: x + width / 2, y: y + height / 2 };
      }),
    );
  return marks.toSorted((a, b) => a.x - b.x)[0] ?? { x: 0, y: 0 };
}
