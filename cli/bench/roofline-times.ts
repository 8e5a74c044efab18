/** @file Acceptance 5: how long a profile takes from the click to the chart, what it does to the main thread, cancelling. */
import { median } from '../../src/core/stats.ts';
import { figure } from '../../src/ui/number-format.ts';
import { call, openPage, type BenchPage } from './page.ts';
import type { Line } from './report.ts';

interface Timed {
  readonly seconds: number;
  readonly longTasks: readonly number[];
}

/** On the Roofline screen: until the profile is in force and its chart has been painted. */
const timedProfile = (effort: string): string => `(async () => {
  location.hash = '#roofline';
  const longTasks = [];
  const observer = new PerformanceObserver((list) => longTasks.push(...list.getEntries().map((entry) => entry.duration)));
  observer.observe({ type: 'longtask' });
  const startedAt = performance.now();
  await ridgepoint.roofline({ effort: '${effort}' });
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  while (!document.querySelector('figure svg')) await frame();
  await frame();
  await frame();
  const seconds = (performance.now() - startedAt) / 1000;
  await new Promise((done) => setTimeout(done, 200));
  observer.disconnect();
  return { seconds, longTasks };
})()`;

/** Milliseconds from cancel to the answer, and whether the page still works. */
const cancelled = (afterMs: number): string => `(async () => {
  const running = ridgepoint.roofline({});
  await new Promise((done) => setTimeout(done, ${afterMs}));
  const startedAt = performance.now();
  ridgepoint.playground.cancel();
  const answer = await running;
  const ms = performance.now() - startedAt;
  return { ms, isCancelled: answer.error?.code === 'cancelled' };
})()`;

/** Spread over a quick profile. */
const CANCELS = [100, 700, 1500, 2300, 3300, 4400, 5600, 6900];

async function cancelLines(page: BenchPage): Promise<readonly Line[]> {
  const times: number[] = [];
  let obeyed = 0;
  for (const afterMs of CANCELS) {
    const { ms, isCancelled } = await call<{ ms: number; isCancelled: boolean }>(page, cancelled(afterMs));
    times.push(ms);
    if (isCancelled) obeyed++;
  }
  const after = await call<{ metrics: readonly unknown[] }>(
    page,
    `ridgepoint.roofline({ only: ['wasm:1.fma.simd'] })`,
  );
  return [
    {
      name: 'cancel answers within, ms',
      value: Math.max(...times),
      target: { most: 300 },
      note: `the slowest of ${times.length}, median ${figure(median(times) ?? NaN)}; ${obeyed} ended as cancelled; measures again: ${after.metrics.length === 1 ? 'yes' : 'no'}`,
    },
  ];
}

export async function timeLines(): Promise<readonly Line[]> {
  const page = await openPage('chromium');
  try {
    const quick: Timed[] = [];
    for (let i = 0; i < 3; i++) quick.push(await call<Timed>(page, timedProfile('quick')));
    const full = await call<Timed>(page, timedProfile('full'));
    const tasks = [...quick, full].flatMap(({ longTasks }) => longTasks);
    return [
      {
        name: 'quick, click to chart, s',
        value: Math.max(...quick.map(({ seconds }) => seconds)),
        target: { most: 10 },
        note: `the slowest of ${quick.length}`,
      },
      { name: 'full, click to chart, s', value: full.seconds, target: { most: 45 }, note: 'n 1' },
      {
        name: 'longest main-thread task over 50 ms, ms',
        value: Math.max(0, ...tasks),
        target: { most: 50 },
        note: `${tasks.length} such tasks in four profiles`,
      },
      ...(await cancelLines(page)),
    ];
  } finally {
    await page.close();
  }
}
