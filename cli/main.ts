/** @file `npm run ridgepoint -- COMMAND`: the process around the command line. */
import process from 'node:process';
import { drive } from './browser.ts';
import { main } from './command-line.ts';

// npm runs scripts in the project's folder; files are named from where npm was called.
if (process.env['npm_lifecycle_event'] === 'ridgepoint') process.chdir(process.env['INIT_CWD'] ?? '.');

const interrupt = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => interrupt.abort());

process.exitCode = await main(process.argv.slice(2), {
  io: {
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    isTerminal: process.stderr.isTTY,
    signal: interrupt.signal,
  },
  drive,
});
