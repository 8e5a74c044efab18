/** @file A profile as files of the visitor's own: the only way anything leaves the page. */
import type { DeviceProfile } from '../core/profile/profile.ts';
import { downloadText } from '../platform/files.ts';

/** `ridgepoint-chrome-156-2-cores.csv` for the ending `csv`; for `roofline.svg` with a word before it. */
export function fileName(profile: DeviceProfile, ending: string): string {
  const name = profile.name.toLowerCase().replace(/[^a-z0-9]+/g, '-');
  const parts = ending.split('.');
  return `ridgepoint-${[name, ...parts.slice(0, -1)].join('-')}.${parts.at(-1) ?? ''}`;
}

export function downloadProfile(profile: DeviceProfile): void {
  downloadText(fileName(profile, 'json'), `${JSON.stringify(profile, null, 2)}\n`);
}

/** Offers bytes as a download. */
export function downloadBlob(name: string, blob: Blob): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The click starts the download synchronously; the URL may go after it.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
