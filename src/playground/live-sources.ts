/** @file What the live view can look at, and how each is opened. */
import { err, ok, type Result } from '../core/result.ts';
import type { Manifest } from '../core/manifest.ts';
import { openClip, openImage, openPad } from '../platform/canvas-source.ts';
import { fetchJson } from '../platform/fetch.ts';
import type { FrameSource } from '../platform/frame-source.ts';
import { openCamera, openVideoFile } from '../platform/video-source.ts';
import * as v from 'valibot';

export type SourceChoice =
  | { readonly kind: 'camera'; readonly deviceId: string | null }
  | { readonly kind: 'video' | 'image'; readonly file: File }
  | { readonly kind: 'clip' }
  | { readonly kind: 'pad' };

export const CAMERA: SourceChoice = { kind: 'camera', deviceId: null };

const SAMPLES = './samples';
const SamplesSchema = v.array(v.object({ file: v.pipe(v.string(), v.regex(/^[\w.-]+$/)) }));

/** What a model is made to look at: handwriting on the pad, everything else in front of the camera. */
export function preferredSource(manifest: Manifest): SourceChoice {
  return manifest.input.polarity === 'light-on-dark' ? { kind: 'pad' } : CAMERA;
}

export function openSource(choice: SourceChoice): Promise<Result<FrameSource>> {
  switch (choice.kind) {
    case 'camera':
      return openCamera(choice.deviceId);
    case 'video':
      return openVideoFile(choice.file);
    case 'image':
      return openImage(choice.file, choice.file.name);
    case 'clip':
      return openSampleClip();
    case 'pad':
      return Promise.resolve(ok(openPad()));
  }
}

async function openSampleClip(): Promise<Result<FrameSource>> {
  const list = await fetchJson(`${SAMPLES}/samples.json`, 'The sample clip', new AbortController().signal);
  if (!list.ok) return list;
  const samples = v.safeParse(SamplesSchema, list.value);
  if (!samples.success) return err({ code: 'fetch-failed', what: 'The sample clip', status: null });
  return openClip(samples.output.map(({ file }) => `${SAMPLES}/${file}`));
}
