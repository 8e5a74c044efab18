/**
 * @file Which onnxruntime-web build a realm loads, and from where. JSPI serves both processors from one 17 MB file where the
 * browser has it; elsewhere WASM takes the small build and WebGPU the asyncify one. All URLs are our own origin.
 * Facts: PLATFORM, "onnxruntime-web"; decisions/0002.
 */
import type * as Ort from 'onnxruntime-web';
import asyncifyMjs from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.mjs?url';
import asyncifyWasm from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?url';
import jspiMjs from 'onnxruntime-web/ort-wasm-simd-threaded.jspi.mjs?url';
import jspiWasm from 'onnxruntime-web/ort-wasm-simd-threaded.jspi.wasm?url';
import plainMjs from 'onnxruntime-web/ort-wasm-simd-threaded.mjs?url';
import plainWasm from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url';

export type OrtModule = typeof Ort;
export type OrtBuild = 'jspi' | 'asyncify' | 'wasm';

export function chooseBuild(has: { readonly jspi: boolean; readonly needsWebGpu: boolean }): OrtBuild {
  if (has.jspi) return 'jspi';
  return has.needsWebGpu ? 'asyncify' : 'wasm';
}

const BUILDS: Readonly<
  Record<OrtBuild, { readonly mjs: string; readonly wasm: string; readonly load: () => Promise<OrtModule> }>
> = {
  jspi: { mjs: jspiMjs, wasm: jspiWasm, load: () => import('onnxruntime-web/jspi') },
  asyncify: { mjs: asyncifyMjs, wasm: asyncifyWasm, load: () => import('onnxruntime-web/webgpu') },
  wasm: { mjs: plainMjs, wasm: plainWasm, load: () => import('onnxruntime-web/wasm') },
};

/** Loads a build and sets its threads, which holds for the life of this realm. */
export async function loadOrt(build: OrtBuild, threads: number): Promise<OrtModule> {
  const { mjs, wasm, load } = BUILDS[build];
  const ort = await load();
  const absolute = (url: string): string => new URL(url, self.location.href).href;
  ort.env.wasm.wasmPaths = { mjs: absolute(mjs), wasm: absolute(wasm) };
  ort.env.wasm.numThreads = threads;
  ort.env.logLevel = 'error';
  return ort;
}
