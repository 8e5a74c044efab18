import { describe, expect, it } from 'vitest';
import { diagramOf } from '../../../core/diagram/diagram.ts';
import { serializeModel } from '../../../core/onnx/serialize.ts';
import { prepareModel } from '../../../core/prepare-model.ts';
import { repNet } from '../../../fixtures/models.ts';
import { layoutOf, type Layout } from '../../../core/diagram/layout.ts';
import type { Box } from '../../../core/diagram/paths.ts';
import { stepFrom } from './diagram-steps.ts';
import { linesOf } from '../../../core/diagram/text.ts';

const sevenEach = (text: string): number => 7 * text.length;

function diagram(...expanded: string[]) {
  const prepared = prepareModel(serializeModel(repNet()));
  if (!prepared.ok) throw new Error(prepared.error.code);
  return diagramOf(prepared.value.forms['multi-branch'].description, new Set(expanded));
}

const boxesOf = ({ vertices }: Layout) => new Map(vertices.map(({ vertex, box }) => [vertex.id, box]));
const overlap = (a: Box, b: Box): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

describe.each([
  ['columns', null],
  ['one column', 340],
])('layout in %s', (_, chainWidth) => {
  it('keeps every vertex apart and inside, and draws every edge', () => {
    const opened = diagram('block:5', 'block:17');
    const layout = layoutOf(opened, sevenEach, chainWidth);
    const boxes = [...boxesOf(layout).values()];
    expect(boxes).toHaveLength(opened.vertices.length);
    expect(layout.edges.map(({ id }) => id).sort()).toEqual(opened.edges.map(({ id }) => id).sort());
    for (const [i, box] of boxes.entries()) {
      expect(box.x).toBeGreaterThanOrEqual(0);
      expect(box.x + box.width).toBeLessThanOrEqual(layout.width);
      expect(box.y + box.height).toBeLessThanOrEqual(layout.height);
      expect(boxes.slice(i + 1).filter((other) => overlap(box, other))).toEqual([]);
    }
  });
});

describe('columns', () => {
  it('stand in the order of the stages and begin at one height', () => {
    const boxes = boxesOf(layoutOf(diagram(), sevenEach, null));
    const [first, second] = [boxes.get('input:0'), boxes.get('block:12')];
    expect(first && second && second.x > first.x + first.width).toBe(true);
    expect(second?.y).toBe(first?.y);
  });
});

describe('keys', () => {
  it.each([
    [null, 'ArrowDown', 'input:0'],
    ['input:0', 'ArrowDown', 'block:0'],
    ['block:0', 'ArrowUp', 'input:0'],
    ['block:5', 'ArrowDown', 'block:12'],
    ['input:0', 'ArrowRight', 'block:12'],
    ['block:12', 'ArrowLeft', 'input:0'],
    ['input:0', 'ArrowUp', null],
    ['block:5', 'Home', 'input:0'],
    ['block:5', 'End', 'output:0'],
    ['block:5', 'x', null],
  ])('from %s with %s to %s', (active, key, expected) => {
    const folded = diagram();
    expect(stepFrom(folded, boxesOf(layoutOf(folded, sevenEach, null)), active, key)).toBe(expected);
  });
});

describe('lines', () => {
  it.each([
    ['Conv 3×3', 100, 1],
    ['Conv 3×3 + Conv 1×1', 70, 2],
    ['GlobalAveragePool', 20, 1],
    ['a b c', 7, 3],
  ])('of %s in %i px', (text, room, expected) => {
    expect(linesOf(text, room, sevenEach)).toBe(expected);
  });
});
