import { describe, expect, it } from 'vitest';
import { WARNINGS } from '../fixtures/profile.ts';
import { warningText } from './warnings.ts';

describe('warningText', () => {
  it.each(WARNINGS)('%s has a mark of a few words and a remedy of whole sentences', (warning) => {
    const { mark, remedy } = warningText(warning);
    expect(mark).toMatch(/^[A-Za-z ]{3,20}$/);
    expect(mark.split(' ').length).toBeLessThanOrEqual(4);
    expect(remedy).toMatch(/^[A-Z].*\.$/);
    expect(remedy.length).toBeLessThan(140);
    // Words for a visitor, not for the code.
    expect(remedy).not.toContain(warning);
  });
  it('says something else for each', () => {
    expect(new Set(WARNINGS.map((warning) => warningText(warning).remedy)).size).toBe(WARNINGS.length);
  });
});
