import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { assemblyScript } from './build/assemblyscript.ts';

/** Cross-origin isolation: SharedArrayBuffer, WASM threads and the 5 µs clock need these two headers. */
export const ISOLATION_HEADERS = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

export default defineConfig({
  base: './',
  plugins: [assemblyScript(), react()],
  // onnxruntime-web must not be pre-bundled, nor bundle its .wasm: we hand it own-origin URLs (PLATFORM, decisions/0002).
  resolve: { conditions: ['onnxruntime-web-use-extern-wasm', 'module', 'browser', 'development|production'] },
  optimizeDeps: { exclude: ['onnxruntime-web'] },
  worker: { format: 'es', plugins: () => [assemblyScript()] },
  build: { target: 'es2023', chunkSizeWarningLimit: 700, assetsInlineLimit: 0 },
  server: { headers: ISOLATION_HEADERS },
  preview: { headers: ISOLATION_HEADERS },
});
