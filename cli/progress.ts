/**
 * @file The page's progress on stderr: one line that is redrawn on a terminal, one plain line a step elsewhere. It listens to
 * the page's store, so the command line says what the page would show.
 */
import type { Page } from 'playwright';
import type { Io } from './context.ts';

/** Characters of a line that every terminal has. */
const LINE = 72;

/** Draws steps; `done` clears the line. */
export function progressLine(io: Io): {
  readonly show: (step: string, progress: number | null) => void;
  readonly done: () => void;
} {
  let last = '';
  return {
    show: (step, progress) => {
      const share = progress === null ? '' : ` ${Math.floor(progress * 100)} %`;
      if (io.isTerminal) io.err(`\r\x1b[K${`${step} …${share}`.slice(0, LINE)}`);
      else if (step !== last) io.err(`${step} …\n`);
      last = step;
    },
    done: () => {
      if (io.isTerminal && last !== '') io.err('\r\x1b[K');
      last = '';
    },
  };
}

/** The page's side, as text because compiled functions carry helpers that the page has not. Reports whole percents only. */
const LISTEN = `(() => {
  let last = '';
  ridgepoint.playground.store.subscribe(({ modelTask, measureTask, planTask, codesignTask, experimentTask }) => {
    const tasks = [modelTask, measureTask, planTask, codesignTask, experimentTask];
    const task = tasks.find(({ status }) => status === 'running');
    if (!task) return;
    const progress = task.progress === null ? null : Math.floor(task.progress * 100) / 100;
    const line = task.step + progress;
    if (line !== last) ridgepointProgress(task.step, progress);
    last = line;
  });
})()`;

/** Shows the page's progress until the returned function is called. */
export async function forwardProgress(page: Page, io: Io): Promise<() => void> {
  const line = progressLine(io);
  let listening = true;
  await page.exposeFunction('ridgepointProgress', (step: string, progress: number | null) => {
    if (listening) line.show(step, progress);
  });
  await page.evaluate(LISTEN);
  return () => {
    listening = false;
    line.done();
  };
}
