/** @file The visitor's own model: input sizes that it leaves open, names for its classes, kept and removed; and the diagram, by keys. */
import { expect, test, type Page } from '@playwright/test';
import { corruptModelBytes, openRepNetBytes, repNetBytes } from '../src/fixtures/models.ts';
import { expectAccessible, open, show } from './support/visit.ts';

const heading = (page: Page) => page.getByRole('heading', { level: 1 });
const own = (page: Page) => page.getByRole('region', { name: 'Your models' });

async function choose(page: Page, name: string, bytes: Uint8Array): Promise<void> {
  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Open an .onnx file' }).click();
  await (await chooser).setFiles({ name, mimeType: 'application/octet-stream', buffer: Buffer.from(bytes) });
}

test('a file that leaves its input open asks for its size', async ({ page }) => {
  await open(page);
  await show(page, 'Model');
  await choose(page, 'open.onnx', openRepNetBytes());
  await expect(page.getByRole('heading', { name: 'How large is the input of open.onnx?' })).toBeVisible();
  await expect(page.getByRole('alert')).toHaveCount(0);
  await expectAccessible(page, 'a question about sizes');
  const size = (name: string) => page.getByRole('spinbutton', { name: new RegExp(`^${name}`) });
  await expect(size('height')).toHaveValue('224');
  await size('height').fill('0');
  await expect(page.getByRole('button', { name: 'Read the model' })).toBeDisabled();
  await size('height').fill('40');
  await size('width').fill('48');
  await page.keyboard.press('Enter');
  await expect(heading(page)).toContainText('changed the outputs by');
  const shape = await page.evaluate(
    () => window.ridgepoint?.playground.state.model?.description.forms.deploy.input.shape,
  );
  expect(shape).toEqual([1, 3, 40, 48]);
  await own(page).getByRole('button', { name: 'Another input size' }).click();
  await page.getByRole('button', { name: 'Never mind' }).click();
  await expect(page.getByRole('heading', { name: /How large/ })).toHaveCount(0);
});

test('own models are kept, named, opened again and removed', async ({ page }) => {
  await open(page);
  await show(page, 'Model');
  await choose(page, 'mine.onnx', repNetBytes());
  await expect(heading(page)).toContainText('changed the outputs by');
  await expect(own(page)).toContainText('Its classes are numbered.');

  const labels = async (text: string): Promise<void> => {
    const chooser = page.waitForEvent('filechooser');
    await own(page).getByRole('button', { name: /name/i }).first().click();
    await (await chooser).setFiles({ name: 'labels.txt', mimeType: 'text/plain', buffer: Buffer.from(text) });
  };
  await labels('one\ntwo\n');
  await expect(page.getByRole('alert')).toContainText('it has 2 names, the model 10 classes');
  await labels(Array.from({ length: 10 }, (_, i) => `digit ${i}`).join('\n'));
  await expect(own(page)).toContainText('10 classes named.');

  // A broken file changes nothing.
  await choose(page, 'broken.onnx', corruptModelBytes());
  await expect(page.getByRole('alert')).toContainText('not a readable ONNX model');
  await expect(own(page).getByRole('listitem')).toHaveCount(1);

  await page.reload();
  await show(page, 'Model');
  await own(page).getByRole('button', { name: 'Open mine.onnx' }).click();
  await expect(heading(page)).toContainText('changed the outputs by');
  await expect(own(page)).toContainText('10 classes named.');
  await page.getByRole('button', { name: 'Time both on every processor' }).click();
  await expect(page.getByRole('row', { name: /Time, a frame on one WASM thread/ })).toContainText(/[mµ]s/);
  await expect(page.getByText(/Medians of 15 runs each/)).toBeVisible();
  await expectAccessible(page, 'own model');

  await own(page).getByRole('button', { name: 'Remove mine.onnx' }).click();
  await expect(own(page).getByRole('listitem')).toHaveCount(0);
  await own(page).getByRole('button', { name: 'Undo' }).click();
  await expect(own(page).getByRole('listitem')).toHaveCount(1);
});

test('the diagram shows both forms, and opens a repeat by keys', async ({ page }) => {
  await open(page);
  await show(page, 'Model');
  await page.getByRole('combobox', { name: /^Model/ }).selectOption({ label: 'EfficientNet-Lite0' });
  await expect(heading(page)).toContainText('changed the outputs by');
  const diagram = page.getByRole('region', { name: 'Block diagram' });
  const blocks = diagram.getByRole('list', { name: 'Block diagram, as trained' }).getByRole('button');
  await expect(blocks.first()).toBeVisible();
  const before = await blocks.count();
  expect(before).toBeGreaterThan(10);
  // By keys alone: to a repeated block, open it, and read what it holds.
  const repeat = blocks.filter({ hasText: /^\d+ × / }).first();
  await repeat.focus();
  await page.keyboard.press('Enter');
  await expect(diagram.locator('[aria-expanded="true"]').first()).toBeFocused();
  expect(await blocks.count()).toBeGreaterThan(before);
  await page.keyboard.press('ArrowDown');
  await expect(diagram.locator('button:focus')).toBeVisible();
  await expectAccessible(page, 'diagram');
  await diagram.getByRole('radio', { name: 'fused' }).check();
  const fused = diagram.getByRole('list', { name: 'Block diagram, fused' });
  await expect(fused.getByRole('button').first()).toBeVisible();
});
