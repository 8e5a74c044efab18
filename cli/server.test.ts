import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request, type IncomingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServer, type StaticServer } from './server.mjs';

let folder: string;
let server: StaticServer;
const routes = new Map<string, string>();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ridgepoint-server-'));
  await mkdir(join(folder, 'dist/assets'), { recursive: true });
  await mkdir(join(folder, 'dist-other'));
  await writeFile(join(folder, 'secret.txt'), 'secret');
  await writeFile(join(folder, 'dist-other/secret.txt'), 'secret');
  await writeFile(join(folder, 'dist/index.html'), '<title>page</title>');
  await writeFile(join(folder, 'dist/assets/index-Bq3x_Z1a.js'), 'export {};');
  await writeFile(join(folder, 'dist/engine.wasm'), 'wasm');
  server = await startServer({ root: join(folder, 'dist'), port: 0, routes });
});
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Sends the path as written: fetch would tidy `..` away before the server sees it. */
function ask(
  path: string,
  options: { method?: string; headers?: Record<string, string> } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port: server.port, path, ...options }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (text: string) => (body += text));
      response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, body }));
    });
    sent.on('error', reject);
    sent.end();
  });
}

describe('startServer', () => {
  it('serves the page isolated, to be asked for again each time', async () => {
    const answer = await ask('/?model=x');
    expect(answer).toMatchObject({ status: 200, body: '<title>page</title>' });
    expect(answer.headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-embedder-policy': 'require-corp',
      'cache-control': 'no-cache',
    });
  });

  it('lets hashed files be kept, and knows the types browsers insist on', async () => {
    const script = await ask('/assets/index-Bq3x_Z1a.js');
    expect(script.headers['cache-control']).toContain('immutable');
    expect(script.headers['content-type']).toContain('text/javascript');
    expect((await ask('/engine.wasm')).headers['content-type']).toBe('application/wasm');
  });

  it('answers 304 to a known ETag, and the whole file once it changed', async () => {
    const { headers } = await ask('/engine.wasm');
    const known = { headers: { 'if-none-match': headers.etag ?? '' } };
    expect(await ask('/engine.wasm', known)).toMatchObject({ status: 304, body: '' });
    await writeFile(join(folder, 'dist/engine.wasm'), 'wasm, newer');
    expect(await ask('/engine.wasm', known)).toMatchObject({ status: 200, body: 'wasm, newer' });
  });

  it('answers HEAD without a body and refuses other methods', async () => {
    const head = await ask('/', { method: 'HEAD' });
    expect(head).toMatchObject({ status: 200, body: '' });
    expect(head.headers['content-length']).toBe('19');
    expect((await ask('/', { method: 'POST' })).status).toBe(405);
  });

  it.each([
    '/../secret.txt',
    '/%2e%2e/secret.txt',
    '/..%2fsecret.txt',
    '/..%5csecret.txt',
    '/../dist-other/secret.txt',
    '/assets/../../secret.txt',
    '//../secret.txt',
    '/engine.wasm%00.html',
    '/%',
    '/none.js',
    '/assets',
    '/assets/',
  ])('answers 404 to %s', async (path) => {
    const answer = await ask(path);
    expect(answer.status).toBe(404);
    expect(answer.body).not.toContain('secret');
  });

  it('serves routes by their decoded name, also those added later', async () => {
    expect((await ask('/input/a%20photo.txt')).status).toBe(404);
    routes.set('/input/a photo.txt', join(folder, 'secret.txt'));
    expect(await ask('/input/a%20photo.txt')).toMatchObject({ status: 200, body: 'secret' });
  });

  it('rejects on a taken port and leaves nothing listening', async () => {
    const again = startServer({ root: folder, port: server.port });
    await expect(again).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  it('is reached as localhost and ends', async () => {
    const other = await startServer({ root: join(folder, 'dist') });
    expect((await fetch(other.url)).status).toBe(200);
    await other.close();
    await expect(fetch(other.url)).rejects.toThrow();
  });
});
