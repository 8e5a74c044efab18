/**
 * @file Drives the built page: builds it when stale, serves it on a free port, opens it in headless Chromium, calls one verb
 * of `window.ridgepoint`, and closes everything again, also when interrupted.
 */
import { join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright';
import { detailOf } from '../src/core/errors.ts';
import { ok, type Result } from '../src/core/result.ts';
import type { Failure } from '../src/playground/console-api.ts';
import type { Answer, Drive, Io, Request, Verb } from './context.ts';
import { fail, type CliError } from './failure.ts';
import { ROOT } from './input.ts';
import { launchArguments, OWN_SIGNALS } from './gpu.ts';
import { forwardProgress } from './progress.ts';
import { startServer } from './server.mjs';
import { ensureBuilt } from './setup/build.mjs';
import { findChromium } from './setup/chromium.mjs';

/** Opening a page of a few hundred kilobytes from this machine; a busy machine may be slow. */
const OPEN_MS = 60_000;

export const drive: Drive = async (request, io) => {
  const built = build();
  if (!built.ok) return built;
  const executablePath = await browserPath();
  if (!executablePath.ok) return executablePath;
  const server = await serve(request.files);
  if (!server.ok) return server;
  try {
    return await withBrowser(executablePath.value, request.webgpu, io, (browser) =>
      callVerb(browser, server.value.url, request, io),
    );
  } finally {
    await server.value.close();
  }
};

function build(): Result<null, CliError> {
  try {
    ensureBuilt();
    return ok(null);
  } catch (thrown) {
    return fail('build-failed', detailOf(thrown));
  }
}

async function browserPath(): Promise<Result<string, CliError>> {
  try {
    const found = await findChromium();
    if (found !== null) return ok(found);
    return fail(
      'browser-missing',
      'No Chromium was found: install one, set CHROME_PATH, or run “npm test”, which installs one.',
    );
  } catch (thrown) {
    return fail('browser-missing', detailOf(thrown));
  }
}

async function serve(routes: ReadonlyMap<string, string>) {
  try {
    return ok(await startServer({ root: join(ROOT, 'dist'), port: 0, routes }));
  } catch (thrown) {
    return fail('server-failed', `The page could not be served: ${detailOf(thrown)}`);
  }
}

/** Opens Chromium for `work`; an interrupt closes it, which ends `work`. */
async function withBrowser<T>(
  executablePath: string,
  webgpu: boolean,
  io: Io,
  work: (browser: Browser) => Promise<Result<T, CliError>>,
): Promise<Result<T, CliError>> {
  let browser: Browser;
  try {
    const args = await launchArguments(executablePath, webgpu);
    browser = await chromium.launch({ executablePath, args, ...OWN_SIGNALS });
  } catch (thrown) {
    return fail('browser-missing', `Chromium (${executablePath}) did not start: ${detailOf(thrown)}`);
  }
  const onAbort = (): void => void browser.close();
  io.signal.addEventListener('abort', onAbort);
  try {
    return io.signal.aborted ? fail('cancelled', 'Interrupted.') : await work(browser);
  } catch (thrown) {
    return io.signal.aborted
      ? fail('cancelled', 'Interrupted.')
      : fail('page-failed', `The page failed: ${detailOf(thrown)}`);
  } finally {
    io.signal.removeEventListener('abort', onAbort);
    await browser.close();
  }
}

/** Chromium's way to say that a layout took two frames. */
const HARMLESS = 'ResizeObserver loop';

/** Rejects as soon as the page or the browser is in no state to answer. */
function breakdownOf(page: Page, browser: Browser): Promise<never> {
  return new Promise((_, reject) => {
    page.on('crash', () => reject(new Error('it crashed, probably for want of memory')));
    page.on('pageerror', ({ message }) => {
      if (!message.startsWith(HARMLESS)) reject(new Error(message));
    });
    browser.on('disconnected', () => reject(new Error('the browser ended')));
  });
}

async function callVerb<V extends Verb>(
  browser: Browser,
  url: string,
  { verb, argument }: Request<V>,
  io: Io,
): Promise<Result<Answer<V>, CliError>> {
  const page = await browser.newPage();
  const breakdown = breakdownOf(page, browser);
  const call = async (): Promise<Answer<V> | Failure> => {
    await page.goto(url, { timeout: OPEN_MS });
    await page.waitForFunction(() => window.ridgepoint !== undefined, null, { timeout: OPEN_MS });
    const stop = await forwardProgress(page, io);
    try {
      const answer: unknown = await page.evaluate(callInPage(verb, argument));
      return answer as Answer<V> | Failure;
    } finally {
      stop();
    }
  };
  const answer = await Promise.race([call(), breakdown]);
  return isFailure(answer) ? fail(answer.error.code, answer.error.message) : ok(answer);
}

/**
 * The call as an expression: a function of this file would carry the compiler's helpers, which the page has not. What the
 * page does of itself when it opens (loading its first model) is waited for.
 */
function callInPage(verb: Verb, argument: unknown): string {
  return `(async () => {
    const { store } = ridgepoint.playground;
    for (;;) {
      const answer = await ridgepoint.${verb}(${JSON.stringify(argument)});
      if (answer?.error?.code !== 'busy') return answer;
      await new Promise((done) => setTimeout(done, 100));
    }
  })()`;
}

function isFailure(answer: unknown): answer is Failure {
  return typeof answer === 'object' && answer !== null && 'error' in answer;
}
