/** @file The models that benches run: shipped ones by id, and networks that the project was not made for, with random weights. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serializeModel } from '../../src/core/onnx/serialize.ts';
import { mobileNetV2, repVggA0, resNet18 } from '../../src/fixtures/known-nets.ts';
import { call, openPage, type BenchPage } from './page.ts';
import type { Line } from './report.ts';

const GENERATED = {
  'mobilenet-v2': mobileNetV2,
  'repvgg-a0': repVggA0,
  'resnet-18': resNet18,
} as const;

const isGenerated = (id: string): id is keyof typeof GENERATED => id in GENERATED;

/** Writes those that are generated where the server finds them. */
function prepareModels(ids: readonly string[]) {
  const folder = mkdtempSync(join(tmpdir(), 'ridgepoint-bench-'));
  const routes = new Map<string, string>();
  for (const id of ids.filter(isGenerated)) {
    const file = join(folder, `${id}.onnx`);
    writeFileSync(file, serializeModel(GENERATED[id]()));
    routes.set(`/bench/${id}.onnx`, file);
  }
  return { routes, dispose: () => rmSync(folder, { recursive: true, force: true }) };
}

async function loadModel(page: BenchPage, id: string): Promise<void> {
  const choice = isGenerated(id) ? { modelUrl: `/bench/${id}.onnx` } : { model: id };
  await call(page, `ridgepoint.inspect(${JSON.stringify(choice)})`);
}

/** The lines of each model, put in force on a page that has measured this device. */
export async function linesOfModels(
  ids: readonly string[],
  linesOf: (page: BenchPage, id: string) => Promise<readonly Line[]>,
): Promise<readonly Line[]> {
  const { routes, dispose } = prepareModels(ids);
  const page = await openPage('chromium', routes);
  try {
    await call(page, 'ridgepoint.roofline({})');
    const lines: Line[] = [];
    for (const id of ids) {
      await loadModel(page, id);
      lines.push(...(await linesOf(page, id)));
    }
    return lines;
  } finally {
    await page.close();
    dispose();
  }
}
