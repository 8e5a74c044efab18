import { expect, it } from 'vitest';
import { randomFeeds, run } from '../fixtures/engine.ts';
import { repNet } from '../fixtures/models.ts';
import { ownArray } from './own-array.ts';

it('takes an array that spans its buffer as it is', () => {
  const data = Float32Array.of(1, 2, 3);
  const own = ownArray(data);
  expect(own.buffer).toBe(data.buffer);
  expect(own).toEqual(data);
});

it.each([
  ['a part of a buffer', new Float32Array(Float32Array.of(0, 1, 2, 3).buffer, 4)],
  ['shared memory', new Float32Array(new SharedArrayBuffer(12))],
])('copies %s', (_, data) => {
  data.set([1, 2, 3]);
  const own = ownArray(data);
  data.fill(9);
  expect([...own]).toEqual([1, 2, 3]);
});

it('takes the engine’s outputs without a copy, and the next run leaves them alone', async () => {
  const model = repNet();
  const data = async (seed: number): Promise<Float32Array> => {
    const outputs = await run(model, await randomFeeds(model.graph.inputs, seed));
    return outputs.get('logits')?.data as Float32Array;
  };
  const first = await data(1);
  const kept = [...first];
  expect(ownArray(first).buffer).toBe(first.buffer);
  expect([...(await data(2))]).not.toEqual(kept);
  expect([...first]).toEqual(kept);
});
