/** @file Peer (b): image classification with transformers.js, as its documentation writes it; the model is local. */
import { env, pipeline } from '@huggingface/transformers';
import { serveBench } from './webcam.js';

env.allowRemoteModels = false;
env.allowLocalModels = true;
env.localModelPath = '/peers/models/';
// Its default is a content delivery network; this is the same build of the same version.
const { wasm, versions } = env.backends.onnx;
const engine = `${location.origin}/peers/transformers/ort-wasm-simd-threaded.asyncify`;
wasm.wasmPaths = { mjs: `${engine}.mjs`, wasm: `${engine}.wasm` };

const classifier = await pipeline('image-classification', 'efficientnet-lite0', {
  device: 'wasm',
  dtype: 'fp32',
});

const canvas = document.createElement('canvas');
const context = /** @type {CanvasRenderingContext2D} */ (
  canvas.getContext('2d', { willReadFrequently: true })
);

/** @param {HTMLVideoElement | HTMLImageElement} picture */
async function classify(picture) {
  canvas.width = picture.width;
  canvas.height = picture.height;
  context.drawImage(picture, 0, 0, canvas.width, canvas.height);
  const [best] = await classifier(canvas);
  return String(best?.label);
}

serveBench(classify, () => ({ threads: wasm.numThreads, engine: versions.web }));
