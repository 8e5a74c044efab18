/** What the peers' pages use of transformers.js, which is installed only when they are served, and what they offer. */
declare module '@huggingface/transformers' {
  export const env: {
    allowRemoteModels: boolean;
    allowLocalModels: boolean;
    localModelPath: string;
    readonly backends: {
      readonly onnx: {
        readonly wasm: { wasmPaths?: { readonly mjs: string; readonly wasm: string }; numThreads?: number };
        readonly versions: { readonly web?: string };
      };
    };
  };
  export function pipeline(
    task: 'image-classification',
    model: string,
    options: { readonly device: 'wasm'; readonly dtype: 'fp32' },
  ): Promise<
    (picture: HTMLCanvasElement) => Promise<readonly { readonly label: string; readonly score: number }[]>
  >;
}

interface Window {
  peer?: import('../peers-pages.ts').PeerApi;
}
