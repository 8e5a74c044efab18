/**
 * @file Brings the engine's per-node times onto our layers. The engine renames and merges nodes while optimizing (a fused
 * activation, a layout change beside a convolution), so a time counts for the layer whose node name it starts with; the
 * longest such name wins. What fits no layer is left to the scaling in `measuredTable`.
 */
import type { Layer } from '../graph/layers.ts';

export interface NamedSeconds {
  readonly node: string;
  readonly seconds: number;
}

/** What the engine puts before the name of a node that it fused with its activation (a dense layer's). */
const FUSED = /^fused /;

/** Seconds a run by layer index; 0 for layers the profile does not mention. Null when it mentions none. */
export function layerSeconds(
  layers: readonly Layer[],
  times: readonly NamedSeconds[],
): readonly number[] | null {
  const owners = new Map<string, number>();
  for (const { index, nodes } of layers) for (const { name } of nodes) owners.set(name, index);
  const names = [...owners.keys()].sort((a, b) => b.length - a.length);
  const seconds = layers.map(() => 0);
  let matched = 0;
  for (const { node: named, seconds: t } of times) {
    const node = named.replace(FUSED, '');
    const name = owners.has(node) ? node : names.find((candidate) => node.startsWith(candidate));
    const index = owners.get(name ?? '');
    if (index === undefined) continue;
    seconds[index] = (seconds[index] ?? 0) + t;
    matched += 1;
  }
  return matched === 0 ? null : seconds;
}
