/** @file The built page, open in a browser for as long as a bench needs it. Chromium here; Firefox in firefox.ts. */
import { join } from 'node:path';
import { chromium } from 'playwright';
import { launchArguments } from '../gpu.ts';
import { ROOT } from '../input.ts';
import { startServer } from '../server.mjs';
import { ensureBuilt } from '../setup/build.mjs';
import { ensureChromium } from '../setup/chromium.mjs';
import { openInFirefox } from './firefox.ts';

export interface BenchPage {
  /** Evaluates an expression in the page; what it resolves to must be JSON. */
  readonly evaluate: (expression: string) => Promise<unknown>;
  readonly close: () => Promise<void>;
}

export type BenchBrowser = 'chromium' | 'firefox';

/** Builds the page where it is stale, serves it and the files of `routes`, and opens it. */
export async function openPage(
  browser: BenchBrowser,
  routes: ReadonlyMap<string, string> = new Map(),
): Promise<BenchPage> {
  ensureBuilt();
  const server = await startServer({ root: join(ROOT, 'dist'), port: 0, routes });
  try {
    const page = await (browser === 'chromium' ? inChromium(server.url) : inFirefox(server.url));
    return {
      evaluate: page.evaluate,
      close: async () => {
        await page.close();
        await server.close();
      },
    };
  } catch (thrown) {
    await server.close();
    throw thrown;
  }
}

async function inChromium(url: string): Promise<BenchPage> {
  const executablePath = await ensureChromium();
  const args = await launchArguments(executablePath, true);
  const browser = await chromium.launch({ executablePath, args });
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.goto(url);
  await page.waitForFunction(() => window.ridgepoint !== undefined);
  return { evaluate: (expression) => page.evaluate(expression), close: () => browser.close() };
}

async function inFirefox(url: string): Promise<BenchPage> {
  const opened = await openInFirefox(url);
  return { evaluate: (expression) => opened.page.evaluate(expression), close: () => opened.close() };
}

/** A verb of `window.ridgepoint`, called in the page; throws on the failure it answers. */
export async function call<T>(page: BenchPage, expression: string): Promise<T> {
  const answer = await page.evaluate(expression);
  if (typeof answer === 'object' && answer !== null && 'error' in answer)
    throw new Error(`${expression}: ${JSON.stringify(answer.error)}`);
  return answer as T;
}
