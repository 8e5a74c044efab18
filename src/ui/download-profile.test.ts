import { describe, expect, it } from 'vitest';
import { DEVICE } from '../fixtures/profile.ts';
import { fileName } from './download-profile.ts';

describe('fileName', () => {
  it('is of the device, in letters that every system takes', () => {
    const profile = { ...DEVICE, name: 'Chrome 156, 2 cores' };
    expect(fileName(profile, 'csv')).toBe('ridgepoint-chrome-156-2-cores.csv');
    expect(fileName(profile, 'roofline.svg')).toBe('ridgepoint-chrome-156-2-cores-roofline.svg');
  });
});
