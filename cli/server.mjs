/**
 * @file The static server of the built page, used by `npm start`, the end-to-end tests and the command line.
 * It answers on this machine only (127.0.0.1, and ::1 where there is one), adds the two headers that give the page
 * cross-origin isolation (threads, SharedArrayBuffer, the fine clock), and serves a few more files by name (`routes`).
 * Plain JavaScript with JSDoc types: it runs with bare Node, before anything is installed.
 */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, resolve, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';

/** @type {Readonly<Record<string, string>>} */
const MIME = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.jpeg': 'image/jpeg',
  '.jpg': 'image/jpeg',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.md': 'text/markdown; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.mp4': 'video/mp4',
  '.onnx': 'application/octet-stream',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.webm': 'video/webm',
  '.webmanifest': 'application/manifest+json',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
};

/** Names that the build derives from the content, so they never change: `assets/index-Bq3xZ_1a.js`. */
const HASHED = /^\/assets\/.+-[\w-]{8}\.\w+$/;

const COMMON_HEADERS = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'X-Content-Type-Options': 'nosniff',
};

/**
 * The file that a request path means, or null: `routes` first, then inside `root` only.
 * @param {string} root absolute
 * @param {ReadonlyMap<string, string>} routes
 * @param {string} url as the request wrote it
 * @returns {{ pathname: string, file: string } | null}
 */
function locate(root, routes, url) {
  let pathname;
  try {
    pathname = decodeURIComponent(url.split(/[?#]/, 1)[0] ?? '');
  } catch {
    return null;
  }
  const routed = routes.get(pathname);
  if (routed !== undefined) return { pathname, file: routed };
  if (!pathname.startsWith('/') || /[\0\\]/.test(pathname)) return null;
  const file = resolve(join(root, pathname.endsWith('/') ? `${pathname}index.html` : pathname));
  return file.startsWith(root.endsWith(sep) ? root : root + sep) ? { pathname, file } : null;
}

/**
 * @param {import('node:http').ServerResponse} response
 * @param {number} status
 * @param {string} text
 */
function refuse(response, status, text) {
  response.writeHead(status, { ...COMMON_HEADERS, 'Content-Type': 'text/plain; charset=utf-8' });
  response.end(response.req.method === 'HEAD' ? undefined : `${text}\n`);
}

/**
 * @param {string} root
 * @param {ReadonlyMap<string, string>} routes
 * @param {import('node:http').IncomingMessage} request
 * @param {import('node:http').ServerResponse} response
 */
async function answer(root, routes, request, response) {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.setHeader('Allow', 'GET, HEAD');
    refuse(response, 405, 'Only GET and HEAD.');
    return;
  }
  const found = locate(root, routes, request.url ?? '/');
  const facts = found === null ? null : await stat(found.file).catch(() => null);
  if (found === null || facts?.isFile() !== true) {
    refuse(response, 404, 'Not found.');
    return;
  }
  const etag = `"${facts.size.toString(36)}-${Math.trunc(facts.mtimeMs).toString(36)}"`;
  const headers = {
    ...COMMON_HEADERS,
    ETag: etag,
    'Cache-Control': HASHED.test(found.pathname) ? 'public, max-age=31536000, immutable' : 'no-cache',
  };
  if (request.headers['if-none-match']?.includes(etag) === true) {
    response.writeHead(304, headers).end();
    return;
  }
  const type = MIME[extname(found.file).toLowerCase()] ?? 'application/octet-stream';
  response.writeHead(200, { ...headers, 'Content-Type': type, 'Content-Length': facts.size });
  if (request.method === 'HEAD') response.end();
  else await pipeline(createReadStream(found.file), response);
}

/**
 * @param {import('node:http').RequestListener} listener
 * @param {number} port
 * @param {string} host
 * @returns {Promise<import('node:http').Server>}
 */
function listen(listener, port, host) {
  return new Promise((done, fail) => {
    const server = createServer(listener);
    server.once('error', fail);
    server.listen(port, host, () => {
      server.off('error', fail);
      done(server);
    });
  });
}

/** @param {import('node:http').Server} server @returns {Promise<void>} */
function stop(server) {
  return new Promise((done) => {
    server.close(() => done());
    server.closeAllConnections();
  });
}

/**
 * @typedef {object} StaticServer
 * @property {string} url `http://localhost:<port>/`
 * @property {number} port
 * @property {() => Promise<void>} close
 */

/**
 * Serves `root`. `port` 0 takes any free port. `routes` (pathname, decoded → file on disk) is read at every request, so
 * files may be added while the server runs. A taken port rejects with Node's error, `code` being 'EADDRINUSE'.
 * @param {{ root: string, port?: number, routes?: ReadonlyMap<string, string> }} options
 * @returns {Promise<StaticServer>}
 */
export async function startServer({ root, port = 0, routes = new Map() }) {
  const folder = resolve(root);
  /** @type {import('node:http').RequestListener} */
  const listener = (request, response) => {
    answer(folder, routes, request, response).catch(() => {
      if (response.headersSent) response.destroy();
      else refuse(response, 500, 'Could not read the file.');
    });
  };
  const servers = [await listen(listener, port, '127.0.0.1')];
  const address = servers[0]?.address();
  const bound = typeof address === 'object' && address !== null ? address.port : port;
  try {
    // `localhost` is ::1 first in many browsers: another program there would answer in our place.
    servers.push(await listen(listener, bound, '::1'));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') {
      await Promise.all(servers.map(stop));
      throw error;
    }
  }
  return {
    url: `http://localhost:${bound}/`,
    port: bound,
    close: async () => {
      await Promise.all(servers.map(stop));
    },
  };
}
