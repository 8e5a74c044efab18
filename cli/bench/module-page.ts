/** @file The project's modules as they stand, in a browser: for benches of what the built page has no verb for. */
import { chromium } from 'playwright';
import { createServer, type Plugin } from 'vite';
import { ISOLATION_HEADERS } from '../../vite.config.ts';
import { ROOT } from '../input.ts';
import { browserArgs, ensureChromium } from '../setup/chromium.mjs';
import { openInFirefox } from './firefox.ts';
import type { BenchBrowser, BenchPage } from './page.ts';

/** Memory is told at once, after a collection. */
const EAGER_MEMORY = '--enable-blink-features=ForceEagerMeasureMemory';

const BLANK = '/blank';

/** A page with nothing in it. */
const blankPage: Plugin = {
  name: 'blank-page',
  configureServer: ({ middlewares }) => {
    middlewares.use(BLANK, (_, response) => {
      response.writeHead(200, { 'Content-Type': 'text/html', ...ISOLATION_HEADERS }).end();
    });
  },
};

/** What `exported`, a function of the module at `path`, returns when it is called in an isolated page; JSON both ways. */
export const callModule = <Exported extends (...given: never[]) => Promise<unknown>>(
  path: string,
  exported: string,
  ...given: Parameters<Exported>
): Promise<Awaited<ReturnType<Exported>>> => callModuleIn<Exported>('chromium', path, exported, ...given);

/** The same in a browser of choice. */
export async function callModuleIn<Exported extends (...given: never[]) => Promise<unknown>>(
  browser: BenchBrowser,
  path: string,
  exported: string,
  ...given: Parameters<Exported>
): Promise<Awaited<ReturnType<Exported>>> {
  const server = await createServer({
    root: ROOT,
    logLevel: 'error',
    server: { port: 0, hmr: false },
    plugins: [blankPage],
  });
  await server.listen();
  try {
    const url = new URL(BLANK, server.resolvedUrls?.local[0]).href;
    const page = await (browser === 'chromium' ? inChromium(url) : inFirefox(url));
    try {
      const call = `import(${JSON.stringify(path)}).then((it) => it.${exported}(...${JSON.stringify(given)}))`;
      return (await page.evaluate(call)) as Awaited<ReturnType<Exported>>;
    } finally {
      await page.close();
    }
  } finally {
    await server.close();
  }
}

async function inChromium(url: string): Promise<BenchPage> {
  const executablePath = await ensureChromium();
  const args = [...browserArgs({ webgpu: true }), EAGER_MEMORY];
  const browser = await chromium.launch({ executablePath, args });
  const page = await browser.newPage();
  await page.goto(url);
  return { evaluate: (expression) => page.evaluate(expression), close: () => browser.close() };
}

async function inFirefox(url: string): Promise<BenchPage> {
  const opened = await openInFirefox(url, 'true');
  return { evaluate: (expression) => opened.page.evaluate(expression), close: () => opened.close() };
}
