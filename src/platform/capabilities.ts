/**
 * @file What this browser can do, found by asking it: never by guessing from its name. Runs on the main thread, starts
 * no worker and opens no GPU device (an adapter is free; whether it also opens is known once something needs it).
 */
import type { AppError } from '../core/errors.ts';
import { adapterFactsOf } from '../core/profile/adapter.ts';
import type { AdapterFacts } from '../core/profile/profile.ts';

export interface GpuFacts {
  /** What the browser tells of the hardware; often nothing. */
  readonly description: string;
  readonly features: readonly string[];
  /** Of the shading language. */
  readonly languageFeatures: readonly string[];
  /** Those that decide what can be measured, bytes or counts. */
  readonly limits: Readonly<
    Record<
      | 'maxBufferSize'
      | 'maxStorageBufferBindingSize'
      | 'maxComputeWorkgroupStorageSize'
      | 'maxComputeInvocationsPerWorkgroup',
      number
    >
  >;
}

export interface Capabilities {
  /** Name and major version, for instance `Chrome 156`. */
  readonly browser: string;
  /** Logical processors, as far as the browser says (Safari caps it at 8, Firefox with fingerprinting resistance at 2). */
  readonly cores: number;
  /** SharedArrayBuffer, WASM threads and the 5 µs clock. */
  readonly crossOriginIsolated: boolean;
  readonly adapter: AdapterFacts | null;
  /** What the adapter offers; null without one. Shown to the visitor, and not part of a profile. */
  readonly gpu: GpuFacts | null;
  readonly webgpu: 'ok' | Extract<AppError, { code: 'webgpu-unavailable' }>['reason'];
  readonly simd: boolean;
  readonly relaxedSimd: boolean;
}

/**
 * `(func (result v128) …)` with the given body, by hand: magic and version, one type, one function, one code section.
 * Validation decodes every instruction, so a module that validates can be run.
 */
function validates(body: readonly number[]): boolean {
  const code = [0x00, ...body, 0x0b];
  const header = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];
  const types = [0x01, 0x05, 0x01, 0x60, 0x00, 0x01, 0x7b];
  const functions = [0x03, 0x02, 0x01, 0x00];
  const codes = [0x0a, code.length + 2, 0x01, code.length, ...code];
  return WebAssembly.validate(Uint8Array.from([...header, ...types, ...functions, ...codes]));
}

/** i32.const 0, i32x4.splat */
const ZERO = [0x41, 0x00, 0xfd, 0x11];
/** f32x4.add */
export const hasSimd = (): boolean => validates([...ZERO, ...ZERO, 0xfd, 0xe4, 0x01]);
/** f32x4.relaxed_madd */
export const hasRelaxedSimd = (): boolean => validates([...ZERO, ...ZERO, ...ZERO, 0xfd, 0x85, 0x02]);

/** Order matters: Edge and Opera also say Chrome, Chrome also says Safari. */
const BROWSERS: readonly (readonly [name: string, pattern: RegExp])[] = [
  ['Firefox', /(?:Firefox|FxiOS)\/(\d+)/],
  ['Edge', /(?:Edg|EdgA|EdgiOS)\/(\d+)/],
  ['Opera', /OPR\/(\d+)/],
  ['Samsung Internet', /SamsungBrowser\/(\d+)/],
  ['Chrome', /(?:HeadlessChrome|Chrome|CriOS)\/(\d+)/],
  ['Safari', /Version\/(\d+).*Safari/],
];

/** `Chrome 156` from a user agent; `Unknown browser` where no pattern fits. */
export function browserOf(userAgent: string): string {
  for (const [name, pattern] of BROWSERS) {
    const version = pattern.exec(userAgent)?.[1];
    if (version !== undefined) return `${name} ${version}`;
  }
  return 'Unknown browser';
}

function gpuFactsOf(gpu: GPU, adapter: GPUAdapter): GpuFacts {
  // Both came later than WebGPU itself.
  const { info } = adapter as { readonly info?: GPUAdapterInfo };
  const { wgslLanguageFeatures } = gpu as { readonly wgslLanguageFeatures?: WGSLLanguageFeatures };
  return {
    description: info?.description ?? '',
    features: [...adapter.features].sort(),
    languageFeatures: [...(wgslLanguageFeatures ?? [])].sort(),
    limits: {
      maxBufferSize: adapter.limits.maxBufferSize,
      maxStorageBufferBindingSize: adapter.limits.maxStorageBufferBindingSize,
      maxComputeWorkgroupStorageSize: adapter.limits.maxComputeWorkgroupStorageSize,
      maxComputeInvocationsPerWorkgroup: adapter.limits.maxComputeInvocationsPerWorkgroup,
    },
  };
}

async function probeWebGpu(): Promise<Pick<Capabilities, 'webgpu' | 'adapter' | 'gpu'>> {
  // The types promise `gpu`; browsers without WebGPU have none.
  const gpu = (navigator as { readonly gpu?: GPU }).gpu;
  if (gpu === undefined) return { webgpu: 'no-api', adapter: null, gpu: null };
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' }).catch(() => null);
  if (adapter === null) return { webgpu: 'null-adapter', adapter: null, gpu: null };
  return { webgpu: 'ok', adapter: adapterFactsOf(adapter), gpu: gpuFactsOf(gpu, adapter) };
}

export async function probeCapabilities(): Promise<Capabilities> {
  return {
    browser: browserOf(navigator.userAgent),
    cores: navigator.hardwareConcurrency,
    crossOriginIsolated,
    ...(await probeWebGpu()),
    simd: hasSimd(),
    relaxedSimd: hasRelaxedSimd(),
  };
}
