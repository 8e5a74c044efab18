/**
 * @file What units cost while the other processors of a plan work too: they share memory, power and sometimes cores. Each
 * unit's time grows as its Roofline bound does between the ceilings alone and the ceilings measured beside the other
 * processor – so what waits for memory suffers from shared memory, and what computes does not (METHOD §2, §4).
 */
import type { Unit } from '../graph/units.ts';
import type { DeviceProfile, ProcessorId } from '../profile/profile.ts';
import { rooflineOf, rooflineBeside } from '../roofline/roofline.ts';
import { rooflineSeconds, type CostTable } from './cost-table.ts';

/** How many times longer each unit takes on `processor` while `other` works; 1 where that was not measured, never less. */
function slowdowns(
  units: readonly Pick<Unit, 'layers'>[],
  profile: DeviceProfile,
  processor: ProcessorId,
  other: ProcessorId,
): readonly number[] {
  const alone = rooflineOf(profile, processor);
  const beside = rooflineBeside(profile, processor, other);
  if (!alone || !beside) return units.map(() => 1);
  return units.map(({ layers }) => {
    const seconds = (roof: typeof alone): number =>
      layers.reduce((sum, layer) => sum + rooflineSeconds(layer, roof), 0);
    const before = seconds(alone);
    return before > 0 ? Math.max(1, seconds(beside) / before) : 1;
  });
}

/** The table with every processor slowed by the one of the others that slows it most. */
export function besideTable(
  costs: CostTable,
  units: readonly Pick<Unit, 'layers'>[],
  profile: DeviceProfile,
): CostTable {
  const { processors } = costs;
  const seconds = costs.seconds.map((column, p) => {
    const processor = processors[p];
    const factors = processors.flatMap((other, q) =>
      q === p || processor === undefined ? [] : [slowdowns(units, profile, processor, other)],
    );
    return column.map((time, u) => time * Math.max(1, ...factors.map((each) => each[u] ?? 1)));
  });
  return { ...costs, seconds };
}
