/** @file What the browser tells of this device, as a list. Nothing of it is part of a profile but what a profile names. Pure. */
import type { Capabilities } from '../../../platform/capabilities.ts';
import { binaryBytes } from '../../number-format.ts';

export interface DeviceFact {
  readonly name: string;
  readonly values: readonly string[];
}

const LIMITS: Readonly<Record<keyof NonNullable<Capabilities['gpu']>['limits'], string>> = {
  maxBufferSize: 'largest buffer',
  maxStorageBufferBindingSize: 'largest storage binding',
  maxComputeWorkgroupStorageSize: 'workgroup memory',
  maxComputeInvocationsPerWorkgroup: 'lanes a workgroup',
};

const yes = (holds: boolean): string => (holds ? 'yes' : 'no');
/** What a browser does not tell has no value. */
const told = (...values: readonly string[]): readonly string[] => {
  const given = values.filter((value) => value !== '');
  return given.length > 0 ? given : ['not told'];
};

/** `wasHidden`: the tab was in the background for part of the measurement. */
export function deviceFacts(
  capabilities: Capabilities,
  page: { readonly isVisible: boolean; readonly wasHidden: boolean },
): readonly DeviceFact[] {
  const { browser, cores, crossOriginIsolated, simd, relaxedSimd } = capabilities;
  const hidden = page.wasHidden ? 'hidden for part of the measurement' : 'in front during the measurement';
  return [
    { name: 'Browser', values: [browser] },
    { name: 'Logical cores', values: [String(cores)] },
    { name: 'Cross-origin isolated', values: [yes(crossOriginIsolated)] },
    { name: 'WebAssembly SIMD', values: [simd ? (relaxedSimd ? 'yes, relaxed too' : 'yes') : 'no'] },
    { name: 'This page', values: [page.isVisible ? 'visible now' : 'hidden now', hidden] },
    ...gpuFacts(capabilities),
  ];
}

function gpuFacts({ adapter, gpu }: Capabilities): readonly DeviceFact[] {
  if (!adapter) return [{ name: 'WebGPU', values: ['none'] }];
  const kind = adapter.isFallbackAdapter ? 'software, on the CPU' : 'hardware';
  const named = [
    { name: 'GPU', values: told(adapter.vendor, adapter.architecture, gpu?.description ?? '') },
    { name: 'Kind of GPU', values: [kind] },
  ];
  if (!gpu) return named;
  const limits = Object.entries(LIMITS).map(([limit, name]) => {
    const value = gpu.limits[limit as keyof typeof LIMITS];
    return `${name} ${limit === 'maxComputeInvocationsPerWorkgroup' ? value : binaryBytes(value)}`;
  });
  return [
    ...named,
    { name: 'GPU limits', values: limits },
    { name: 'GPU features', values: told(...gpu.features) },
    { name: 'WGSL features', values: told(...gpu.languageFeatures) },
  ];
}
