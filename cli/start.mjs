/**
 * @file `npm start`: installs and builds what is missing, serves the page with cross-origin isolation, and opens the
 * browser where there is one. PORT changes the port, `--no-open` leaves the browser alone, Ctrl-C ends it.
 */
import { spawn } from 'node:child_process';
import console from 'node:console';
import process from 'node:process';
import { startServer } from './server.mjs';
import { BUILD_FOLDER, ensureBuilt } from './setup/build.mjs';
import { ensureInstalled } from './setup/install.mjs';

const DEFAULT_PORT = 4173;

function chosenPort() {
  const { PORT } = process.env;
  if (PORT === undefined || PORT === '') return DEFAULT_PORT;
  const port = Number(PORT);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new Error(`PORT is ${PORT}: not a port.`);
  return port;
}

/** @param {number} port */
async function serve(port) {
  try {
    return await startServer({ root: BUILD_FOLDER, port });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') {
      const another = port === 65_535 ? 0 : port + 1;
      throw new Error(
        `Port ${port} is taken by another program. Choose another: PORT=${another} npm start (0: any free one).`,
        { cause: error },
      );
    }
    throw error;
  }
}

/** The command that opens a page, or null where nobody would see it. @returns {readonly string[] | null} */
function opener() {
  const { CI, DISPLAY, WAYLAND_DISPLAY } = process.env;
  if (CI !== undefined || process.argv.includes('--no-open')) return null;
  if (process.platform === 'darwin') return ['open'];
  if (process.platform === 'win32') return ['cmd', '/c', 'start', ''];
  return DISPLAY === undefined && WAYLAND_DISPLAY === undefined ? null : ['xdg-open'];
}

/** @param {string} url */
function openBrowser(url) {
  const [program, ...rest] = opener() ?? [];
  if (program === undefined) return;
  const child = spawn(program, [...rest, url], { stdio: 'ignore', detached: true });
  child.once('error', () => console.error(`Open ${url} in your browser.`));
  child.unref();
}

try {
  const port = chosenPort();
  ensureInstalled();
  ensureBuilt();
  const server = await serve(port);
  console.log(`Ridgepoint is at ${server.url} (Ctrl-C ends it)`);
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.once(signal, () => void server.close().then(() => process.exit(0)));
  }
  openBrowser(server.url);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
