/**
 * @file Who is compared: the built page and the peers' pages, open in one browser with one fake camera, each in a context of
 * its own, and one at a time at work.
 */
import { cpus } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, Page } from 'playwright';
import type { LiveSample } from '../../src/playground/state.ts';
import { ROOT } from '../input.ts';
import { startServer } from '../server.mjs';
import { ensureBuilt } from '../setup/build.mjs';
import { launchWithCamera } from './camera-page.ts';
import { CAMERA_FPS, MODEL, preparePeers } from './peers-files.ts';
import { windowsOf, WINDOW_SECONDS, type Frame, type Window } from './peers-windows.ts';

/** `window.peer` of a peer's page. */
export interface PeerApi {
  start(): Promise<void>;
  stop(): Promise<{ readonly frames: readonly Frame[]; readonly label: string; readonly endedAt: number }>;
  facts(): { readonly threads: number | undefined; readonly engine: string | undefined };
  labelOf(url: string): Promise<string>;
}

export interface Turn {
  readonly windows: readonly Window[];
  /** The last one. */
  readonly label: string;
  /** Fraction of each window that the main thread spent in tasks. */
  readonly busy: readonly number[];
}

interface Live {
  start(): Promise<void>;
  stop(windows: number): Promise<Pick<Turn, 'windows' | 'label'>>;
  labelOf(url: string): Promise<string>;
}

export interface Contestant extends Live {
  readonly name: string;
  readonly engine: string;
  readonly page: Page;
}

export interface Contest {
  readonly ours: Contestant;
  readonly onnxruntime: Contestant;
  /** The same with as many threads as there are cores. */
  readonly threaded: Contestant;
  readonly transformers: Contestant;
  close(): Promise<void>;
}

const cores = cpus().length;

export async function openContest(): Promise<Contest> {
  ensureBuilt();
  const files = await preparePeers();
  const server = await startServer({ root: join(ROOT, 'dist'), port: 0, routes: files.routes });
  const browser = await launchWithCamera(files.clip);
  const close = async (): Promise<void> => {
    await browser.close();
    await server.close();
    files.dispose();
  };
  try {
    const { url } = server;
    const ours = await openOurs(browser, url);
    const loop = `${url}peers/onnxruntime-web.html`;
    return {
      ours,
      onnxruntime: await openPeer(browser, loop, 'onnxruntime-web'),
      threaded: await openPeer(browser, `${loop}?threads=${cores}`, 'onnxruntime-web, all cores'),
      transformers: await openPeer(browser, `${url}peers/transformers.html`, 'transformers.js'),
      close,
    };
  } catch (thrown) {
    await close();
    throw thrown;
  }
}

async function openPage(browser: Browser, url: string, ready: string): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  let failure = '';
  page.on('pageerror', ({ message }) => (failure = message));
  await page.goto(url);
  await page.waitForFunction(ready).catch((thrown: unknown) => {
    throw new Error(`${url} did not get ready: ${failure}`, { cause: thrown });
  });
  return page;
}

async function openPeer(browser: Browser, url: string, name: string): Promise<Contestant> {
  const page = await openPage(browser, url, 'window.peer');
  const { threads, engine } = await page.evaluate<ReturnType<PeerApi['facts']>>('peer.facts()');
  return {
    name,
    engine: `${engine ?? '?'}, ${threads ?? '?'} of ${cores} threads`,
    page,
    start: () => page.evaluate('peer.start()'),
    stop: async (count) => {
      const { frames, label, endedAt } =
        await page.evaluate<Awaited<ReturnType<PeerApi['stop']>>>('peer.stop()');
      return { windows: windowsOf(frames, endedAt, count), label };
    },
    labelOf: (picture) => page.evaluate<string>(`peer.labelOf(${JSON.stringify(picture)})`),
  };
}

async function openOurs(browser: Browser, url: string): Promise<Contestant> {
  const page = await openPage(browser, url, 'window.ridgepoint');
  await page.evaluate(`ridgepoint.inspect({ model: '${MODEL}' })`);
  return {
    name: 'Ridgepoint',
    engine: 'as planned',
    page,
    start: async () => {
      await page.getByRole('button', { name: 'Camera', exact: true }).click();
      await page.waitForFunction('ridgepoint.playground.state.live.figures?.completed > 0');
    },
    stop: async (count) => {
      const { history, label } = await page.evaluate<{ history: readonly LiveSample[]; label: string }>(
        `(async () => {
          const { live, model } = ridgepoint.playground.state;
          await ridgepoint.playground.live.stop();
          return { history: live.history, label: model.labels[live.top[0].index] };
        })()`,
      );
      return { windows: lastWindows(history, count), label };
    },
    labelOf: (picture) =>
      page.evaluate<string>(`(async () => {
        const images = [{ name: 'picture', url: ${JSON.stringify(picture)} }];
        const answer = await ridgepoint.classify({ model: '${MODEL}', images });
        return answer.error?.message ?? answer.results[0].top[0].label;
      })()`),
  };
}

/** Of the samples, each of which sums up the two seconds before it, the last ones that do not overlap. */
function lastWindows(history: readonly LiveSample[], count: number): readonly Window[] {
  const chosen = history.toReversed().reduce<readonly LiveSample[]>((later, sample) => {
    const next = later.at(-1);
    const isApart = !next || sample.at <= next.at - WINDOW_SECONDS;
    return isApart && later.length < count ? [...later, sample] : later;
  }, []);
  if (chosen.length < count) throw new Error(`live was on for less than ${count * WINDOW_SECONDS} s`);
  return chosen
    .toReversed()
    .map(({ throughputFps, latencyP95Ms }) => ({ throughputFps, latencyP95Ms: latencyP95Ms ?? NaN }));
}

/** Of all code; the first turn also compiles. */
const WARM_UP_SECONDS = 3;
const WINDOWS = 4;

/** Slows the camera that a page shows to `fps`. */
const slowCamera = (fps: number): string => `(async () => {
  const video = window.peer ? document.querySelector('video') : ridgepoint.playground.live.source.element;
  await video.srcObject.getVideoTracks()[0].applyConstraints({ frameRate: { max: ${fps} } });
})()`;

export async function takeTurn(contestant: Contestant, fps: number): Promise<Turn> {
  const { page } = contestant;
  await page.bringToFront();
  await contestant.start();
  if (fps < CAMERA_FPS) await page.evaluate(slowCamera(fps));
  await sleep(WARM_UP_SECONDS * 1000);
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable');
  const readClocks = async (): Promise<{ readonly wall: number; readonly tasks: number }> => {
    const { metrics } = await session.send('Performance.getMetrics');
    const of = (name: string): number => metrics.find((metric) => metric.name === name)?.value ?? NaN;
    return { wall: of('Timestamp'), tasks: of('TaskDuration') };
  };
  const busy: number[] = [];
  let before = await readClocks();
  for (let i = 0; i < WINDOWS; i++) {
    await sleep(WINDOW_SECONDS * 1000);
    const after = await readClocks();
    busy.push((after.tasks - before.tasks) / (after.wall - before.wall));
    before = after;
  }
  await session.detach();
  return { ...(await contestant.stop(WINDOWS)), busy };
}
