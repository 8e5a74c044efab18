/**
 * @file Opens the page in a stock, headless Firefox whose WebGPU computes on lavapipe: a second implementation of the browser
 * and of WebGPU, driven over WebDriver BiDi. Its profile and its processes end with `close`, or with this process.
 */
import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import puppeteer, { type Browser, type Page } from 'puppeteer-core';
import { ensureFirefox, firefoxEnvironment, firefoxPreferences } from '../setup/firefox.mjs';

/** Opening a page of a few hundred kilobytes from this machine; a busy machine may be slow. */
const OPEN_MS = 60_000;

/** The longest that one call into the page may take: measuring a device on a busy CPU. */
const CALL_MS = 15 * 60_000;

/** How long Firefox may take to leave of itself before it is killed. */
const LEAVE_MS = 5_000;

export interface OpenedPage {
  readonly page: Page;
  close(): Promise<void>;
}

/** Where `ready`, an expression, holds in the page, it is open: once it has its verbs, unless told. */
export async function openInFirefox(
  url: string,
  ready = 'window.ridgepoint !== undefined',
): Promise<OpenedPage> {
  const executablePath = ensureFirefox();
  const profile = await mkdtemp(join(tmpdir(), 'ridgepoint-firefox-'));
  let browser: Browser | null = null;
  const clear = (): void => {
    if (browser !== null) killGroup(browser);
    rmSync(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  };
  const close = async (): Promise<void> => {
    if (browser !== null) await leave(browser);
    process.off('exit', clear);
    clear();
  };
  process.on('exit', clear);
  try {
    browser = await puppeteer.launch({
      browser: 'firefox',
      headless: true,
      executablePath,
      userDataDir: profile,
      env: firefoxEnvironment(),
      extraPrefsFirefox: firefoxPreferences({ webgpu: true }),
      protocolTimeout: CALL_MS,
    });
    const [first] = await browser.pages();
    const page = first ?? (await browser.newPage());
    await page.goto(url, { timeout: OPEN_MS });
    await page.waitForFunction(ready, { timeout: OPEN_MS });
    return { page, close };
  } catch (thrown) {
    await close();
    throw thrown;
  }
}

/** Asks Firefox to end and waits until it has, but not for ever. */
async function leave(browser: Browser): Promise<void> {
  const asked = browser.close().catch(() => undefined);
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<void>((done) => (timer = setTimeout(done, LEAVE_MS)));
  await Promise.race([asked, patience]);
  clearTimeout(timer);
}

/** Kills what is left of it: Puppeteer starts Firefox as the head of its own process group, except on Windows. */
function killGroup(browser: Browser): void {
  const child = browser.process();
  if (child?.pid === undefined) return;
  try {
    if (process.platform === 'win32') child.kill('SIGKILL');
    else process.kill(-child.pid, 'SIGKILL');
  } catch {
    // it has ended already
  }
}
