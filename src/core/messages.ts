/**
 * @file The one place where an `AppError` becomes words: what happened, and what the visitor can do about it.
 */
import type { AppError } from './errors.ts';
import { assertNever } from './result.ts';

export interface Message {
  /** What happened, one sentence. */
  readonly what: string;
  /** What the reader can do, one or two sentences. */
  readonly remedy: string;
}

const CAMERA: Record<Extract<AppError, { code: 'camera-unavailable' }>['reason'], Message> = {
  denied: {
    what: 'The camera was not allowed.',
    remedy:
      'Allow it in the address bar and press Camera again, or go on with the sample clip, a video or a photo.',
  },
  absent: {
    what: 'No camera was found.',
    remedy: 'Plug one in and press Camera again, or go on with the sample clip, a video or a photo.',
  },
  busy: {
    what: 'Another program is using the camera.',
    remedy: 'Close it and press Camera again, or go on with the sample clip, a video or a photo.',
  },
  lost: {
    what: 'The camera went away.',
    remedy: 'Plug it in and press Camera again, or go on with the sample clip, a video or a photo.',
  },
  unsupported: {
    what: 'This page may not use a camera here.',
    remedy: 'Open it over https or on localhost, or go on with the sample clip, a video or a photo.',
  },
};

const WEBGPU: Record<Extract<AppError, { code: 'webgpu-unavailable' }>['reason'], Message> = {
  'no-api': {
    what: 'This browser has no WebGPU.',
    remedy: 'Everything runs on WASM. For the GPU, use a current Chrome, Edge, Safari or Firefox.',
  },
  'null-adapter': {
    what: 'This browser found no GPU it can use.',
    remedy: 'Everything runs on WASM. Check that hardware acceleration is on in the browser’s settings.',
  },
  'device-refused': {
    what: 'The GPU refused to open.',
    remedy: 'Everything runs on WASM. Close other GPU-heavy tabs and reload to try again.',
  },
};

export function messageOf(error: AppError): Message {
  switch (error.code) {
    case 'webgpu-unavailable':
      return WEBGPU[error.reason];
    case 'camera-unavailable':
      return CAMERA[error.reason];
    case 'device-lost':
      return {
        what: `The GPU was lost (${error.detail}).`,
        remedy: 'Work goes on with WASM. Reload the page to try the GPU again.',
      };
    case 'gpu-wrong': {
      const away = `${(100 * error.difference).toPrecision(2)} % of the largest value away from WASM’s`;
      return {
        what: `The GPU computes wrongly here: its output is ${error.difference < Infinity ? away : 'no number'}.`,
        remedy: 'WASM runs instead. A driver or browser update usually mends this.',
      };
    }
    case 'fetch-failed':
      return {
        what: `${error.what} could not be loaded${error.status === null ? '' : ` (HTTP ${error.status})`}.`,
        remedy: 'Check the connection and try again; what was loaded before is still there.',
      };
    case 'manifest-invalid':
      return {
        what: `The model’s manifest is not valid: ${error.detail}.`,
        remedy: 'Choose another model; the one before is still loaded.',
      };
    case 'model-missing':
      return {
        what: 'No model is loaded.',
        remedy: 'Choose one on the Model screen, or press “Measure this device”.',
      };
    case 'configuration-unknown':
      return {
        what:
          error.id === null
            ? `“${error.model}” has no configurations to choose from.`
            : `“${error.model}” has no configuration “${error.id}”.`,
        remedy: 'Choose one of those that the Model screen lists, if there are any.',
      };
    case 'design-unknown':
      return {
        what: `No design “${error.id}” of the loaded model was explored on this device.`,
        remedy: 'Explore this device’s designs on the Co-design screen, then choose one of them.',
      };
    case 'model-invalid':
      return {
        what: `This is not a readable ONNX model: ${error.detail}.`,
        remedy: 'Check that the file is complete, or choose another; the one before is still loaded.',
      };
    case 'labels-invalid':
      return {
        what: `This is not a labels file for the model: ${error.detail}.`,
        remedy: 'Choose a text file with one class name a line, in the order of the model’s outputs.',
      };
    case 'model-open': {
      const names = error.dimensions.filter(({ size }) => size === null).map(({ name }) => `“${name}”`);
      return {
        what: `The model leaves the size of its input open: ${names.join(', ')}.`,
        remedy: 'Say how large it shall be; the model before is still loaded.',
      };
    }
    case 'model-unsupported':
      return {
        what: `The model uses something Ridgepoint cannot read yet: ${error.detail} (node “${error.node}”).`,
        remedy: 'Export it as a static image classifier; the one before is still loaded.',
      };
    case 'image-invalid':
      return { what: `“${error.name}” is not a readable image.`, remedy: 'Choose a PNG, JPEG or WebP file.' };
    case 'video-invalid':
      return {
        what: `“${error.name}” is not a video this browser can play.`,
        remedy: 'Choose an MP4 or WebM file.',
      };
    case 'unexpected':
      return {
        what: `Something went wrong that should not have: ${error.detail}.`,
        remedy: 'That is a fault of Ridgepoint. Try again, or reload the page.',
      };
    case 'profile-invalid':
      return {
        what: `This file is not a Ridgepoint profile: ${error.detail}.`,
        remedy: 'Choose a JSON file that was exported from the Roofline or Compare screen.',
      };
    case 'profile-missing':
      return { what: 'This device has not been measured yet.', remedy: 'Press “Measure this device” first.' };
    case 'plan-missing':
      return {
        what: 'There is no plan yet.',
        remedy: 'Press “Plan this model” on the Partition screen first.',
      };
    case 'processor-invalid':
      return {
        what: `“${error.id}” is not a processor of this device.`,
        remedy: 'Use webgpu, wasm:1, wasm:2 … as far as the device has them.',
      };
    case 'objective-invalid':
      return { what: `“${error.name}” is not an objective.`, remedy: 'Use fastest, snappiest or smooth.' };
    case 'dataset-unknown':
      return {
        what: `“${error.name}” is not a data set of the experiment.`,
        remedy: 'Use mnist, tiny-imagenet or imagenet.',
      };
    case 'engine-invalid':
      return { what: `“${error.name}” is not an engine.`, remedy: 'Use auto, fused or ort.' };
    case 'kernel-wrong':
      return {
        what: `The benchmark kernel ${error.kernel} computed a wrong value: ${error.detail}.`,
        remedy: 'Its figure is left out. A driver or browser update usually mends this.',
      };
    case 'engine-failed':
      return {
        what: `The inference engine failed on ${error.processor}: ${error.detail}.`,
        remedy: 'Choose another plan or model, or reload the page.',
      };
    case 'engine-fell-back':
      return {
        what: `Ridgepoint’s own engine failed on ${error.processor}: ${error.detail}.`,
        remedy:
          'onnxruntime-web runs there now, more slowly; nothing was lost. Reload the page to try again.',
      };
    case 'worker-failed':
      return {
        what: `A background worker (${error.worker}) failed: ${error.detail}.`,
        remedy: 'Try again; if it fails again, reload the page.',
      };
    case 'busy':
      return { what: `Ridgepoint is still ${error.doing}.`, remedy: 'Wait for it to end, or cancel it.' };
    case 'cancelled':
      return { what: 'Cancelled.', remedy: 'Nothing was changed; start again when you like.' };
    default:
      return assertNever(error);
  }
}
