/** @file The project's modules as they stand, in a browser: for benches of what the built page has no verb for. */
import { chromium } from 'playwright';
import { createServer } from 'vite';
import { ISOLATION_HEADERS } from '../../vite.config.ts';
import { ROOT } from '../input.ts';

import { browserArgs, ensureChromium } from '../setup/chromium.mjs';

/** Memory is told at once, after a collection. */
const EAGER_MEMORY = '--enable-blink-features=ForceEagerMeasureMemory';

/** What `exported`, a function of the module at `path`, returns when it is called in an isolated page; JSON both ways. */
export async function callModule<Exported extends (...given: never[]) => Promise<unknown>>(
  path: string,
  exported: string,
  ...given: Parameters<Exported>
): Promise<Awaited<ReturnType<Exported>>> {
  const server = await createServer({ root: ROOT, logLevel: 'error', server: { port: 0, hmr: false } });
  await server.listen();
  const executablePath = await ensureChromium();
  const args = [...browserArgs({ webgpu: true }), EAGER_MEMORY];
  const browser = await chromium.launch({ executablePath, args });
  try {
    const page = await browser.newPage();
    const url = new URL('/blank', server.resolvedUrls?.local[0]).href;
    await page.route(url, (route) =>
      route.fulfill({ contentType: 'text/html', headers: ISOLATION_HEADERS, body: '' }),
    );
    await page.goto(url);
    const call = `import(${JSON.stringify(path)}).then((it) => it.${exported}(...${JSON.stringify(given)}))`;
    return await page.evaluate(call);
  } finally {
    await browser.close();
    await server.close();
  }
}
