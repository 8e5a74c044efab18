/**
 * @file What this device lacks, as the visitor reads it: a short badge and the message behind it. A degradation is never
 * silent; the same list is shown before the first measurement and beside every figure that it affects.
 */
import type { AppError } from './errors.ts';
import { messageOf, type Message } from './messages.ts';
import type { AdapterFacts } from './profile/profile.ts';

export interface DeviceCondition {
  readonly id: 'no-webgpu' | 'software-adapter' | 'not-isolated' | 'no-simd';
  readonly badge: string;
  readonly message: Message;
}

/** The capabilities that the conditions are read from. */
interface Probed {
  readonly webgpu: 'ok' | Extract<AppError, { code: 'webgpu-unavailable' }>['reason'];
  readonly adapter: AdapterFacts | null;
  readonly crossOriginIsolated: boolean;
  readonly simd: boolean;
}

const SOFTWARE: Message = {
  what: 'WebGPU runs in software here: the “GPU” is the CPU.',
  remedy: 'It is measured and labelled, but plans use WASM. Turn on hardware acceleration to use a real GPU.',
};
const NOT_ISOLATED: Message = {
  what: 'This page is not cross-origin isolated, so WASM has one thread and the clock is coarse.',
  remedy: 'Serve it with the COOP and COEP headers (npm start does) and open it in its own tab.',
};
const NO_SIMD: Message = {
  what: 'This browser has no WebAssembly SIMD.',
  remedy: 'The CPU can neither be measured nor used without it. Update the browser.',
};

/** Every condition that holds, the gravest first. */
export function deviceConditions(probed: Probed): readonly DeviceCondition[] {
  const { webgpu, adapter, crossOriginIsolated, simd } = probed;
  const conditions: DeviceCondition[] = [];
  if (webgpu !== 'ok') {
    const message = messageOf({ code: 'webgpu-unavailable', reason: webgpu });
    conditions.push({ id: 'no-webgpu', badge: 'No WebGPU', message });
  } else if (adapter?.isFallbackAdapter === true) {
    conditions.push({ id: 'software-adapter', badge: 'Software GPU', message: SOFTWARE });
  }
  if (!simd) conditions.push({ id: 'no-simd', badge: 'No SIMD', message: NO_SIMD });
  if (!crossOriginIsolated)
    conditions.push({ id: 'not-isolated', badge: 'Not isolated', message: NOT_ISOLATED });
  return conditions;
}
