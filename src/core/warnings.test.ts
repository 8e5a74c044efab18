import { describe, expect, it } from 'vitest';
import type { MetricWarning } from './profile/profile.ts';
import { warningText } from './warnings.ts';

/** Each once; the type knows whether one is missing. */
const EVERY_WARNING: Readonly<Record<MetricWarning, true>> = {
  'high-dispersion': true,
  thermal: true,
  'coarse-clock': true,
  'few-samples': true,
  'fallback-adapter': true,
  'not-isolated': true,
  'tab-hidden': true,
  'device-lost': true,
  'smaller-size': true,
  'clocks-disagree': true,
};
const WARNINGS = Object.keys(EVERY_WARNING) as MetricWarning[];

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
