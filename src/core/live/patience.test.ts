import { describe, expect, it } from 'vitest';
import { Patience } from './patience.ts';

const span = (stage: number, member: number, ms: number) => ({ stage, member, start: 1000, end: 1000 + ms });

describe('patience with a pipeline', () => {
  it('is a minute until every processor has finished a frame, however soon the others are', () => {
    const patience = new Patience(3, 10);
    expect(patience.seconds).toBe(60);
    patience.see([span(0, 0, 5), span(1, 0, 5)]);
    patience.see([span(0, 0, 5), span(1, 0, 5)]);
    expect(patience.seconds).toBe(60);
    patience.see([span(0, 1, 5), span(1, 0, 5)]);
    expect(patience.seconds).toBe(2);
  });

  it('is twenty times the longest span seen, which a fast frame does not shorten', () => {
    const patience = new Patience(1, 0);
    patience.see([span(0, 0, 400)]);
    patience.see([span(0, 0, 3)]);
    expect(patience.seconds).toBe(8);
  });

  it('is twenty times what was predicted, where that is longer', () => {
    const patience = new Patience(1, 500);
    patience.see([span(0, 0, 100)]);
    expect(patience.seconds).toBe(10);
  });

  it('is never more than a minute', () => {
    const patience = new Patience(1, 0);
    patience.see([span(0, 0, 5000)]);
    expect(patience.seconds).toBe(60);
  });
});
