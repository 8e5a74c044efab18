/**
 * @file Peer (a): the usual webcam loop of onnxruntime-web, as its documentation and samples write it – on the main thread,
 * pre-processing through a canvas, default options. `?threads=` sets what its documentation names first for speed.
 */
import * as ort from 'onnxruntime-web';
import { serveBench } from './webcam.js';

const SIDE = 224;
const PLANE = SIDE * SIDE;

const threads = new URLSearchParams(location.search).get('threads');
if (threads !== null) ort.env.wasm.numThreads = Number(threads);

const session = await ort.InferenceSession.create('/models/efficientnet-lite0/model.onnx');
const response = await fetch('/models/efficientnet-lite0/labels.json');
/** @type {unknown} */
const list = await response.json();
const labels = /** @type {string[]} */ (list);

const canvas = document.createElement('canvas');
canvas.width = SIDE;
canvas.height = SIDE;
const context = /** @type {CanvasRenderingContext2D} */ (
  canvas.getContext('2d', { willReadFrequently: true })
);

/** @param {HTMLVideoElement | HTMLImageElement} picture */
async function classify(picture) {
  context.drawImage(picture, 0, 0, SIDE, SIDE);
  const { data } = context.getImageData(0, 0, SIDE, SIDE);
  const input = new Float32Array(3 * PLANE);
  for (let i = 0; i < PLANE; i++) {
    input[i] = (Number(data[4 * i]) - 127.5) / 127.5;
    input[PLANE + i] = (Number(data[4 * i + 1]) - 127.5) / 127.5;
    input[2 * PLANE + i] = (Number(data[4 * i + 2]) - 127.5) / 127.5;
  }
  const results = await session.run({ input: new ort.Tensor('float32', input, [1, 3, SIDE, SIDE]) });
  const scores = /** @type {Float32Array} */ (results['logits']?.data);
  return String(labels[scores.indexOf(Math.max(...scores))]);
}

serveBench(classify, () => ({ threads: ort.env.wasm.numThreads, engine: ort.env.versions.web }));
