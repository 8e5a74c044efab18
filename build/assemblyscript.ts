/**
 * @file Vite plugin: `import bytes from './fma.as.ts?wasm'` compiles AssemblyScript with the pinned compiler at build
 * time and inlines the module as bytes, so the kernels in the repository are readable source and nothing else.
 * Memory is imported, so that kernels can share one.
 * `*.relaxed.as.ts` may use relaxed SIMD; a browser without it refuses to validate just that module.
 */
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import asc from 'assemblyscript/asc';
import type { Plugin } from 'vite';

const SUFFIX = '.as.ts?wasm';

async function compile(path: string): Promise<Uint8Array> {
  const name = basename(path);
  const source = await readFile(path, 'utf8');
  const features = name.includes('.relaxed.') ? 'simd,relaxed-simd' : 'simd';
  let binary: Uint8Array | undefined;
  const { error, stderr } = await asc.main(
    [
      name,
      '--outFile',
      'out.wasm',
      '-O3',
      '--noAssert',
      '--runtime',
      'stub',
      '--enable',
      features,
      '--importMemory',
      '--use',
      'abort=',
    ],
    {
      readFile: (file) => (file === name ? source : null),
      writeFile: (_file, contents) => {
        if (typeof contents !== 'string') binary = contents;
      },
      listFiles: () => [],
    },
  );
  if (error !== null || binary === undefined)
    throw new Error(`${path}: ${(stderr as { toString(): string }).toString()}`);
  return binary;
}

export function assemblyScript(): Plugin {
  return {
    name: 'ridgepoint-assemblyscript',
    enforce: 'pre',
    async load(id) {
      if (!id.endsWith(SUFFIX)) return null;
      const path = id.slice(0, -'?wasm'.length);
      this.addWatchFile(path);
      const base64 = Buffer.from(await compile(path)).toString('base64');
      return `export default Uint8Array.from(atob(${JSON.stringify(base64)}), (c) => c.charCodeAt(0));`;
    },
  };
}
