/** @file Reading a chart with the keyboard: arrows go from one thing to the next, Page Up and Down from one kind to another. */
import type { Readable } from './roofline-plane.ts';

/** The id that `key` leads to from `activeId`; null for another key, and where there is nothing to read. */
export function stepReading(
  kinds: readonly (readonly Readable[])[],
  activeId: string | null,
  key: string,
): string | null {
  const filled = kinds.filter((kind) => kind.length > 0);
  const all = filled.flat();
  const at = all.findIndex(({ id }) => id === activeId);
  const wrapped = (i: number): string | null => all[(i + all.length) % all.length]?.id ?? null;
  switch (key) {
    case 'ArrowRight':
    case 'ArrowDown':
      return wrapped(at + 1);
    case 'ArrowLeft':
    case 'ArrowUp':
      return at < 0 ? wrapped(-1) : wrapped(at - 1);
    case 'Home':
      return wrapped(0);
    case 'End':
      return wrapped(-1);
    case 'PageDown':
    case 'PageUp': {
      const kind = filled.findIndex((each) => each.some(({ id }) => id === activeId));
      const next = kind < 0 ? 0 : kind + (key === 'PageDown' ? 1 : filled.length - 1);
      return filled[next % filled.length]?.[0]?.id ?? null;
    }
    default:
      return null;
  }
}
