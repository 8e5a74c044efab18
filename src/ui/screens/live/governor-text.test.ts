import { describe, expect, it } from 'vitest';
import { designSpace } from '../../../fixtures/design-space.ts';
import { moveText } from './governor-text.ts';

describe('moveText', () => {
  const space = designSpace('rep-tiny', 0);
  const [from = '', ...others] = space.front;
  const to = others.find((id) => id.includes('/48-')) ?? '';
  const accuracy = 100 * (space.designs.find(({ id }) => id === to)?.accuracy ?? NaN);
  const small = `48 px · ${accuracy.toFixed(1)} %`;
  const move = { at: 42.7, from, to, fps: 21, capacityFps: 41 };
  it('says when, what for what, and why', () => {
    expect(moveText(space, { ...move, reason: 'too-slow' }, 30)).toBe(
      `0:42 ▼ ${small} for 64 px · 57.1 %: 21.0 frames/s, target 30`,
    );
    expect(moveText(space, { ...move, at: 605, from: to, to: from, reason: 'room-again' }, 30)).toBe(
      `10:05 ▲ 64 px · 57.1 % for ${small}: room for 41.0 frames/s, target 30`,
    );
  });
  it('knows that live may have begun with a plan of no design', () => {
    expect(moveText(space, { ...move, from: '', reason: 'too-slow' }, 30)).toContain('for another plan:');
  });
});
