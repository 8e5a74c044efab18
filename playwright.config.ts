/**
 * @file End-to-end tests: the built page, served by `npm start`, in the Chromium that cli/setup finds. Three browsers, told
 * apart by their flags: WebGPU on SwiftShader with a fake camera, the same camera without WebGPU, and a camera whose
 * use is refused (without the fake-UI flag a headless browser denies what nobody can allow).
 * One worker and no retries: two cores, and a test that passes on the second try hides a fault.
 */
import { createServer } from 'node:net';
import { defineConfig } from '@playwright/test';
import { browserArgs, findChromium } from './cli/setup/chromium.mjs';
import { CLIP_FILE } from './e2e/support/clip-file.ts';

/** A free port, so that several checkouts can be tested at once. */
async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

// Playwright reads this file again in its worker, which inherits the environment and so gets the same port.
process.env['E2E_PORT'] ??= String(await freePort());
const port = process.env['E2E_PORT'];
const executablePath = await findChromium();

const fakeCamera = ['--use-fake-device-for-media-stream', `--use-file-for-fake-video-capture=${CLIP_FILE}`];
const allowed = '--use-fake-ui-for-media-stream';

const launch = (args: string[]) => ({
  launchOptions: { ...(executablePath === null ? {} : { executablePath }), args },
});

export default defineConfig({
  testDir: 'e2e',
  testMatch: '*.spec.ts',
  outputDir: 'test-results',
  globalSetup: './e2e/support/global-setup.ts',
  fullyParallel: false,
  workers: 1,
  retries: 0,
  forbidOnly: process.env['CI'] !== undefined,
  timeout: 240_000,
  expect: { timeout: 60_000 },
  use: { baseURL: `http://localhost:${port}/`, headless: true, trace: 'off', screenshot: 'only-on-failure' },
  webServer: {
    command: 'node cli/start.mjs --no-open',
    env: { PORT: port },
    url: `http://localhost:${port}/`,
    timeout: 240_000,
    reuseExistingServer: false,
  },
  projects: [
    {
      name: 'webgpu',
      testIgnore: ['no-webgpu.spec.ts', 'camera-denied.spec.ts'],
      use: launch([...browserArgs({ webgpu: true }), ...fakeCamera, allowed]),
    },
    {
      name: 'no-webgpu',
      testMatch: 'no-webgpu.spec.ts',
      use: launch([...browserArgs({ webgpu: false }), ...fakeCamera, allowed]),
    },
    {
      name: 'camera-denied',
      testMatch: 'camera-denied.spec.ts',
      use: launch([...browserArgs({ webgpu: true }), ...fakeCamera]),
    },
  ],
});
