/**
 * @file Which adapter the headless browser gets: this machine's GPU where Chromium finds one, else the software adapter,
 * which says of itself that it is one.
 */
import process from 'node:process';
import { chromium } from 'playwright';
import { browserArgs } from './setup/chromium.mjs';

/** The interrupt is ours: Playwright's own handler would end the process before the server is closed. */
export const OWN_SIGNALS = { handleSIGINT: false, handleSIGTERM: false, handleSIGHUP: false } as const;

/** Lets headless Chromium on Linux reach a GPU; elsewhere it finds it by itself. */
const HARDWARE = [
  '--enable-unsafe-webgpu',
  '--ignore-gpu-blocklist',
  ...(process.platform === 'linux' ? ['--enable-features=Vulkan'] : []),
];

const hardwareArguments = (): string[] => [
  ...browserArgs({ webgpu: false }).filter((argument) => argument !== '--disable-gpu'),
  ...HARDWARE,
];

/** True where Chromium, started so, has an adapter that is not software. */
async function hasHardware(executablePath: string, args: string[]): Promise<boolean> {
  const browser = await chromium.launch({ executablePath, args, ...OWN_SIGNALS });
  try {
    const page = await browser.newPage();
    // about:blank is no secure context, and only those have navigator.gpu.
    await page.route('http://localhost/adapter', (route) =>
      route.fulfill({ contentType: 'text/html', body: '' }),
    );
    await page.goto('http://localhost/adapter');
    return await page.evaluate(async () => {
      const adapter = await (navigator as { readonly gpu?: GPU }).gpu?.requestAdapter();
      return adapter ? !adapter.info.isFallbackAdapter : false;
    });
  } catch {
    return false;
  } finally {
    await browser.close();
  }
}

export async function launchArguments(executablePath: string, webgpu: boolean): Promise<string[]> {
  if (!webgpu) return browserArgs({ webgpu: false });
  const hardware = hardwareArguments();
  return (await hasHardware(executablePath, hardware)) ? hardware : browserArgs({ webgpu: true });
}
