/** @file A profile as a file of the visitor's own: the only way anything leaves the page. */
import type { DeviceProfile } from '../core/profile/profile.ts';
import { downloadText } from '../platform/files.ts';

export function downloadProfile(profile: DeviceProfile): void {
  const name = profile.name.toLowerCase().replace(/[^a-z0-9]+/g, '-');
  downloadText(`ridgepoint-${name}.json`, `${JSON.stringify(profile, null, 2)}\n`);
}
