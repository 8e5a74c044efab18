/**
 * @file Which buffer each feature map lives in. A map whose last reader has run leaves its buffer to a later one. Borders must
 * stay zero and nobody writes them again, so a buffer with borders is only left to maps of the same layout; the others take any
 * that is free, the smallest that is large enough.
 */
import { lastReads, type Program } from '../program.ts';
import { hasBorder, mapAt, type MapLayout } from './layout.ts';

export interface MemoryPlan {
  /** Quads of each buffer. */
  readonly lengths: readonly number[];
  /** Buffer of each map. */
  readonly bufferOf: readonly number[];
}

interface Slot {
  /** What it may be left to: a layout, or `''` for all maps without borders. */
  readonly kind: string;
  length: number;
  isFree: boolean;
}

export function planMemory(program: Program, layouts: readonly MapLayout[]): MemoryPlan {
  const last = lastReads(program);
  const slots: Slot[] = [];
  const bufferOf = layouts.map(() => -1);
  const place = (index: number): void => {
    bufferOf[index] = take(slots, mapAt(layouts, index));
  };
  place(program.input);
  for (const [i, step] of program.steps.entries()) {
    place(step.output);
    // Only now: a step must not write where it reads.
    for (const [index, buffer] of bufferOf.entries()) {
      const slot = slots[buffer];
      if (slot && last[index] === i) slot.isFree = true;
    }
  }
  return { lengths: slots.map(({ length }) => length), bufferOf };
}

function take(slots: Slot[], layout: MapLayout): number {
  const kind = hasBorder(layout) ? JSON.stringify(layout) : '';
  const free = slots
    .filter((slot) => slot.isFree && slot.kind === kind)
    .toSorted((a, b) => a.length - b.length);
  const slot = free.find(({ length }) => length >= layout.length) ?? free.at(-1);
  if (!slot) return slots.push({ kind, length: layout.length, isFree: false }) - 1;
  slot.length = Math.max(slot.length, layout.length);
  slot.isFree = false;
  return slots.indexOf(slot);
}
