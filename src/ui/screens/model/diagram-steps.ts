/** @file Where a key leads from a vertex: down and up along the edges, left and right to what lies beside it. */
import type { Diagram } from '../../../core/diagram/diagram.ts';
import type { Box } from '../../../core/diagram/paths.ts';

const centre = ({ x, y, width, height }: Box): readonly [number, number] => [x + width / 2, y + height / 2];

/** The id of the vertex to go to, or null where the key leads nowhere. */
export function stepFrom(
  { vertices, edges }: Diagram,
  boxes: ReadonlyMap<string, Box>,
  active: string | null,
  key: string,
): string | null {
  if (key === 'Home') return vertices[0]?.id ?? null;
  if (key === 'End') return vertices.at(-1)?.id ?? null;
  const from = boxes.get(active ?? '');
  if (!from) return key.startsWith('Arrow') ? (vertices[0]?.id ?? null) : null;
  const nearest = (ids: readonly string[], isThere: (dx: number, dy: number) => boolean): string | null => {
    const [x, y] = centre(from);
    const found = ids.flatMap((id) => {
      const box = boxes.get(id);
      if (!box || id === active) return [];
      const [dx, dy] = [centre(box)[0] - x, centre(box)[1] - y];
      return isThere(dx, dy) ? [{ id, distance: Math.abs(dx) + 2 * Math.abs(dy) }] : [];
    });
    return found.toSorted((a, b) => a.distance - b.distance)[0]?.id ?? null;
  };
  const all = vertices.map(({ id }) => id);
  const anywhere = (): boolean => true;
  switch (key) {
    case 'ArrowDown':
      return nearest(
        edges.filter((edge) => edge.from === active).map(({ to }) => to),
        anywhere,
      );
    case 'ArrowUp':
      return nearest(
        edges.filter((edge) => edge.to === active).map((edge) => edge.from),
        anywhere,
      );
    case 'ArrowRight':
      return nearest(all, (dx) => dx > from.width / 2);
    case 'ArrowLeft':
      return nearest(all, (dx) => -dx > from.width / 2);
    default:
      return null;
  }
}
