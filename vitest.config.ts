/**
 * @file Two test projects. `unit` runs in Node; `browser` runs in a real headless Chromium, found by cli/setup, with the
 * page's own plugins and cross-origin isolation and with WebGPU on SwiftShader. One file at a time: the browser tests
 * measure, and two at once on two cores would measure each other.
 */
import { playwright } from '@vitest/browser-playwright';
import { defineConfig } from 'vitest/config';
import { browserArgs, findChromium } from './cli/setup/chromium.mjs';

const executablePath = await findChromium();

export default defineConfig({
  test: {
    projects: [
      {
        extends: './vite.config.ts',
        test: {
          name: 'unit',
          environment: 'node',
          include: ['src/**/*.test.ts', 'cli/**/*.test.ts', 'build/**/*.test.ts', 'e2e/support/**/*.test.ts'],
          exclude: ['**/*.browser.test.ts'],
        },
      },
      {
        extends: './vite.config.ts',
        // Imported in workers or one test only, where Vite's scan does not look: found late, they would reload a running test.
        optimizeDeps: {
          include: [
            '@bufbuild/protobuf',
            '@bufbuild/protobuf/wire',
            '@dagrejs/dagre',
            'onnx-buf',
            'comlink',
            'valibot',
            'react-dom/client',
            'zustand',
          ],
        },
        test: {
          name: 'browser',
          include: ['src/**/*.browser.test.ts'],
          fileParallelism: false,
          testTimeout: 60_000,
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({
              launchOptions: {
                ...(executablePath === null ? {} : { executablePath }),
                args: browserArgs({ webgpu: true }),
              },
            }),
            instances: [{ browser: 'chromium' }],
          },
        },
      },
    ],
  },
});
