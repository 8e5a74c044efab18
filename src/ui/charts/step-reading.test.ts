import { describe, expect, it } from 'vitest';
import { stepReading } from './step-reading.ts';

const kind = (...ids: readonly string[]) => ids.map((id) => ({ id, label: id, reading: '' }));
const KINDS = [kind('a', 'b'), [], kind('c'), kind('d', 'e')];

describe('stepReading', () => {
  it.each([
    [null, 'ArrowRight', 'a'],
    [null, 'ArrowLeft', 'e'],
    ['b', 'ArrowRight', 'c'],
    ['c', 'ArrowUp', 'b'],
    ['e', 'ArrowDown', 'a'],
    ['a', 'ArrowLeft', 'e'],
    ['c', 'Home', 'a'],
    ['c', 'End', 'e'],
    [null, 'PageDown', 'a'],
    ['a', 'PageDown', 'c'],
    ['e', 'PageDown', 'a'],
    ['b', 'PageUp', 'd'],
    ['e', 'PageUp', 'c'],
    // What was read may have been switched off since.
    ['gone', 'ArrowRight', 'a'],
    ['a', 'Enter', null],
  ])('from %s with %s: %s', (from, key, to) => {
    expect(stepReading(KINDS, from, key)).toBe(to);
  });
  it('leads nowhere where there is nothing', () => {
    expect(stepReading([], null, 'ArrowRight')).toBeNull();
    expect(stepReading([[]], null, 'End')).toBeNull();
  });
});
