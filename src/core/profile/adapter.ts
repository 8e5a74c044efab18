/**
 * @file The facts of a WebGPU adapter that a profile keeps. Structural on purpose: core knows no WebGPU types.
 */
import type { AdapterFacts } from './profile.ts';

/** What is read of a `GPUAdapter`. */
export interface AdapterLike {
  /** Missing before Chrome 127. */
  readonly info?: {
    readonly vendor: string;
    readonly architecture: string;
    readonly isFallbackAdapter?: boolean;
  };
  /** Where it was before it moved to `info` (Chrome < 136). */
  readonly isFallbackAdapter?: boolean;
}

/** Vendor and architecture (empty where the browser hides them) and whether the adapter is software. */
export function adapterFactsOf(adapter: AdapterLike): AdapterFacts {
  const { vendor = '', architecture = '', isFallbackAdapter } = adapter.info ?? {};
  return {
    vendor,
    architecture,
    isFallbackAdapter: isFallbackAdapter === true || adapter.isFallbackAdapter === true,
  };
}
