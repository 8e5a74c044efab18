/**
 * @file What moving a tensor costs: into and out of a processor's memory (the GPU's upload and download), and from worker
 * to worker. `seconds = latency + bytes / bandwidth`, from the measured profile; a processor in main memory costs nothing.
 */
import type { DeviceProfile, ProcessorId } from '../profile/profile.ts';
import { measuredMetric } from '../profile/profile.ts';

export interface Link {
  readonly latencySeconds: number;
  readonly bytesPerSecond: number;
}

export interface Transfers {
  readonly upload: Link;
  readonly download: Link;
  readonly hop: Link;
}

/** Free links: for a prediction without a profile. */
export const FREE: Link = { latencySeconds: 0, bytesPerSecond: Infinity };

export function linkSeconds(link: Link, bytes: number): number {
  return link.latencySeconds + bytes / link.bytesPerSecond;
}

function linkOf(profile: DeviceProfile, id: string): Link {
  const latency = measuredMetric(profile, `${id}.latency`);
  const bandwidth = measuredMetric(profile, `${id}.bandwidth`);
  return {
    latencySeconds: latency?.median ?? 0,
    bytesPerSecond: bandwidth ? bandwidth.median * 1e9 : Infinity,
  };
}

export function transfersOf(profile: DeviceProfile): Transfers {
  return {
    upload: linkOf(profile, 'webgpu.upload'),
    download: linkOf(profile, 'webgpu.download'),
    hop: linkOf(profile, 'worker.hop'),
  };
}

/** Seconds to bring `inBytes` into the processor's memory and `outBytes` back out. */
export function residencySeconds(
  processor: ProcessorId,
  inBytes: number,
  outBytes: number,
  transfers: Transfers,
): number {
  if (processor !== 'webgpu') return 0;
  return linkSeconds(transfers.upload, inBytes) + linkSeconds(transfers.download, outBytes);
}
