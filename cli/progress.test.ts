import { describe, expect, it } from 'vitest';
import { progressLine } from './progress.ts';

function recorded(isTerminal: boolean) {
  let text = '';
  const io = {
    out: () => undefined,
    err: (more: string) => void (text += more),
    isTerminal,
    signal: new AbortController().signal,
  };
  return { line: progressLine(io), text: () => text };
}

describe('progressLine', () => {
  it('writes a plain line a step where stderr is a file', () => {
    const { line, text } = recorded(false);
    line.show('Loading', null);
    line.show('Loading', 0.5);
    line.show('Fusing', null);
    line.done();
    expect(text()).toBe('Loading …\nFusing …\n');
  });
  it('redraws one line on a terminal, never longer than it, and clears it', () => {
    const { line, text } = recorded(true);
    line.show('Loading', 0.504);
    line.show('x'.repeat(500), null);
    line.done();
    const parts = text().split('\r\x1b[K');
    expect(parts).toEqual(['', 'Loading … 50 %', 'x'.repeat(72), '']);
  });
});
