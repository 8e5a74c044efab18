/** @file Our own engine: a model that it can run needs no byte of onnxruntime-web; the visitor sees both, and chooses. */
import { expect, test, type Page } from '@playwright/test';
import { DEVICE } from '../src/fixtures/profile.ts';
import { expectAccessible, labels, open, show } from './support/visit.ts';

/** Names of the onnxruntime-web files that the page and its workers ask for from now on. */
function watchOnnxRuntime(page: Page): readonly string[] {
  const asked: string[] = [];
  page.context().on('request', (request) => {
    const { pathname } = new URL(request.url());
    if (/\/ort[-.]|onnxruntime/.test(pathname)) asked.push(pathname);
  });
  return asked;
}

/** Plans Rep-Tiny on one WASM thread, on figures of a device that need not be measured. */
async function planRepTiny(page: Page): Promise<void> {
  const planned = await page.evaluate(async (profile) => {
    const choice = { model: 'rep-tiny', processors: ['wasm:1'], profile, rounds: 1 };
    const report = await window.ridgepoint?.plan(choice);
    return report && 'engines' in report ? report.engines : report;
  }, JSON.stringify(DEVICE));
  expect(planned).toMatchObject([{ engine: 'fused', seconds: { ort: null } }]);
}

const engines = (page: Page) => page.getByRole('region', { name: 'Engines' });

test('Rep-Tiny is fused, planned and watched without onnxruntime-web', async ({ page }) => {
  const asked = watchOnnxRuntime(page);
  await open(page);
  await planRepTiny(page);
  await show(page, 'Live');
  await page.getByRole('button', { name: 'Sample clip' }).click();
  await expect(labels(page).first()).toBeVisible();
  await expect(page.getByText('On Ridgepoint’s own engine.')).toBeVisible();
  expect(asked).toEqual([]);

  // The log is not blind: the other engine, once it is wanted, is asked for.
  await page.getByRole('link', { name: 'Partition' }).click();
  await expect(engines(page)).toContainText('onnxruntime-web was not loaded');
  await engines(page).getByRole('button', { name: 'Measure onnxruntime-web too' }).click();
  await expect(engines(page)).toContainText(/× as fast as onnxruntime-web, measured \(n\s=\s\d+\)/);
  expect(asked.length).toBeGreaterThan(0);
});

test('another engine plans anew, and both times can be had', async ({ page }) => {
  await page.goto('./#partition');
  await page.waitForFunction(() => window.ridgepoint !== undefined);
  await planRepTiny(page);
  const choice = page.getByRole('group', { name: 'Engine' });
  await choice.getByRole('button', { name: 'onnxruntime-web' }).click();
  await expect(choice.getByRole('button', { name: 'onnxruntime-web' })).toHaveAttribute(
    'aria-pressed',
    'true',
  );
  const [own, other] = [0, 1].map((i) =>
    engines(page).getByRole('row', { name: /^WASM/ }).getByRole('cell').nth(i),
  );
  if (!own || !other) throw new Error('there are two columns');
  await expect(own).toHaveText('–');
  await expect(other).toHaveText(/^[\d.]+$/);
  await engines(page).getByRole('button', { name: 'Measure Ridgepoint too' }).click();
  await expect(own).toHaveText(/^[\d.]+$/);
  await expect(engines(page)).toContainText(/× as fast as Ridgepoint, measured \(n\s=\s\d+\)/);

  for (const size of [
    { width: 1440, height: 900 },
    { width: 390, height: 844 },
  ]) {
    await page.setViewportSize(size);
    await expectAccessible(page, `Partition with engines, ${size.width} px`);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(overflow).toBeLessThanOrEqual(0);
  }
});
