/**
 * @file Top-1 and top-5 of several networks on labelled images, through the same pre-processing and engine as the live view. Each
 * image is decoded once and shown to every network; images are dealt to all WASM workers that are given.
 */
import type { EngineId } from '../../core/engine.ts';
import type { ImageInput } from '../../core/image/image-input.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { StageClient } from '../../workers/stage.client.ts';
import type { Work } from '../task-runner.ts';
import { imagesOf, type ImageIndex, type LabelledImage } from './labelled-images.ts';

export interface Contender {
  readonly name: string;
  /** The whole deploy form, as ONNX. */
  readonly bytes: Uint8Array;
  readonly input: ImageInput;
  readonly engine: EngineId;
}

/** Shares of `n` images, 0 … 1. */
export interface Accuracy {
  readonly top1: number;
  readonly top5: number;
  readonly n: number;
}

type Images = ReturnType<typeof imagesOf>;

interface Hits {
  top1: number;
  top5: number;
}

const segmentOf = ({ name }: Contender): string => `accuracy: ${name}`;

/** By the contenders' names. An image that does not decode ends it: `image-invalid`. */
export async function measureAccuracy(
  contenders: readonly Contender[],
  index: ImageIndex,
  clients: readonly StageClient[],
  { signal, onProgress }: Work,
): Promise<Result<ReadonlyMap<string, Accuracy>>> {
  const hits = new Map<string, Hits>(contenders.map(({ name }) => [name, { top1: 0, top5: 0 }]));
  const total = index.batches.reduce((sum, { images }) => sum + images.length, 0);
  let done = 0;
  const takeAll = async (images: Images, client: StageClient): Promise<Result<null>> => {
    for (;;) {
      if (signal.aborted) return err({ code: 'cancelled' });
      const next = await images.next();
      if (next.done) return ok(null);
      if (!next.value.ok) return next.value;
      const judged = await judge(next.value.value, contenders, client, hits);
      if (!judged.ok) return judged;
      done += 1;
      onProgress('Measuring accuracy', done / total);
    }
  };
  try {
    for (const { worker } of clients) {
      for (const each of contenders) {
        const loaded = await worker.call((remote) => remote.load(segmentOf(each), each.bytes, each.engine));
        if (!loaded.ok) return loaded;
      }
    }
    for (const batch of index.batches) {
      const images = imagesOf(index, batch, signal);
      const outcomes = await Promise.all(clients.map((client) => takeAll(images, client)));
      for (const outcome of outcomes) if (!outcome.ok) return outcome;
    }
  } finally {
    for (const { worker } of clients)
      for (const each of contenders) await worker.call((remote) => remote.unload(segmentOf(each)));
  }
  const shareOf = (count: number): number => count / done;
  return ok(
    new Map(
      [...hits].map(([name, { top1, top5 }]) => [
        name,
        { top1: shareOf(top1), top5: shareOf(top5), n: done },
      ]),
    ),
  );
}

async function judge(
  { label, bitmap }: LabelledImage,
  contenders: readonly Contender[],
  { worker }: StageClient,
  hits: ReadonlyMap<string, Hits>,
): Promise<Result<null>> {
  try {
    for (const each of contenders) {
      const answer = await worker.call((remote) => remote.classify(segmentOf(each), bitmap, each.input));
      if (!answer.ok) return answer;
      const place = answer.value.top.findIndex(({ index }) => index === label);
      const mine = hits.get(each.name);
      if (!mine || place < 0) continue;
      mine.top5 += 1;
      if (place === 0) mine.top1 += 1;
    }
    return ok(null);
  } finally {
    bitmap.close();
  }
}
