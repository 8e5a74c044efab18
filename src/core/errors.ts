/**
 * @file Every expected failure of the product: facts, not prose. The words a visitor reads are in `messages.ts`;
 * the codes are stable and appear in the command line's JSON.
 */
import type { FreeDimension } from './graph/model.ts';

export type AppError =
  | { readonly code: 'webgpu-unavailable'; readonly reason: 'no-api' | 'null-adapter' | 'device-refused' }
  | { readonly code: 'device-lost'; readonly detail: string }
  /** Outputs of a plan with a GPU, against WASM's: as a share of the largest value, infinite where one is no number. */
  | { readonly code: 'gpu-wrong'; readonly difference: number }
  | {
      readonly code: 'camera-unavailable';
      readonly reason: 'denied' | 'absent' | 'busy' | 'unsupported' | 'lost';
    }
  | { readonly code: 'fetch-failed'; readonly what: string; readonly status: number | null }
  | { readonly code: 'manifest-invalid'; readonly detail: string }
  | { readonly code: 'model-missing' }
  /** `id` is null where any was asked for. */
  | { readonly code: 'configuration-unknown'; readonly model: string; readonly id: string | null }
  | { readonly code: 'design-unknown'; readonly id: string }
  | { readonly code: 'model-invalid'; readonly detail: string }
  | { readonly code: 'labels-invalid'; readonly detail: string }
  /** Inputs of no one size, and nobody has said which; `size` is null where it is missing. */
  | { readonly code: 'model-open'; readonly dimensions: readonly FreeDimension[] }
  | { readonly code: 'model-unsupported'; readonly node: string; readonly detail: string }
  | { readonly code: 'image-invalid'; readonly name: string }
  | { readonly code: 'video-invalid'; readonly name: string }
  | { readonly code: 'unexpected'; readonly detail: string }
  | { readonly code: 'profile-invalid'; readonly detail: string }
  | { readonly code: 'profile-missing' }
  | { readonly code: 'plan-missing' }
  | { readonly code: 'processor-invalid'; readonly id: string }
  | { readonly code: 'objective-invalid'; readonly name: string }
  | { readonly code: 'dataset-unknown'; readonly name: string }
  | { readonly code: 'engine-invalid'; readonly name: string }
  | { readonly code: 'kernel-wrong'; readonly kernel: string; readonly detail: string }
  | { readonly code: 'engine-failed'; readonly processor: string; readonly detail: string }
  /** Our own engine, in the middle of work; onnxruntime-web has taken over. */
  | { readonly code: 'engine-fell-back'; readonly processor: string; readonly detail: string }
  | { readonly code: 'worker-failed'; readonly worker: string; readonly detail: string }
  | { readonly code: 'busy'; readonly doing: string }
  | { readonly code: 'cancelled' };

/** Text of an unknown thrown value, for the `detail` of an error. */
export function detailOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
