/**
 * @file Layer times of a whole family from a few of its members: configurations share most layers, so those of a small
 * cover are timed in the engine and every other configuration is a sum of them – a latency lookup table (Wu et al.,
 * FBNet, CVPR 2019; Cai et al., ProxylessNAS, ICLR 2019). Seconds.
 */
import type { Layer } from '../graph/layers.ts';
import { median } from '../stats.ts';

/** Equal for layers that do the same work on tensors of the same shapes. */
export function signatureOf({ nodes, flop, bytes, weightBytes, product, addsToConvolution }: Layer): string {
  const operators = nodes.map(({ opType }) => opType);
  return JSON.stringify([operators, flop, bytes, weightBytes, product ?? null, addsToConvolution ?? false]);
}

/**
 * Indices of few lists that together have every layer of all, in the order in which they were picked: the one with most
 * layers that are not covered yet (greedy set cover, Chvátal, Mathematics of Operations Research 4(3), 1979).
 */
export function coverOf(lists: readonly (readonly Layer[])[]): readonly number[] {
  const signatures = lists.map((layers) => new Set(layers.map(signatureOf)));
  const open = new Set(signatures.flatMap((each) => [...each]));
  const picked: number[] = [];
  while (open.size > 0) {
    const gains = signatures.map((each) => [...each].filter((signature) => open.has(signature)).length);
    const next = gains.indexOf(Math.max(...gains));
    signatures[next]?.forEach((signature) => open.delete(signature));
    picked.push(next);
  }
  return picked;
}

export class LookupTable {
  private readonly seconds = new Map<string, number[]>();

  /** A model that ran: seconds of its layers, by their indices, scaled so that they add up to the whole's. */
  add(layers: readonly Layer[], seconds: readonly number[], totalSeconds: number): void {
    const sum = layers.reduce((total, { index }) => total + (seconds[index] ?? 0), 0);
    const scale = sum > 0 ? totalSeconds / sum : 0;
    for (const layer of layers) {
      const signature = signatureOf(layer);
      const known = this.seconds.get(signature) ?? [];
      this.seconds.set(signature, [...known, scale * (seconds[layer.index] ?? 0)]);
    }
  }

  /** Seconds of each layer: the median of those seen; null where one was never seen. */
  secondsOf(layers: readonly Layer[]): readonly number[] | null {
    const found = layers.map((layer) => median(this.seconds.get(signatureOf(layer)) ?? []));
    return found.every((seconds) => seconds !== null) ? found : null;
  }
}
