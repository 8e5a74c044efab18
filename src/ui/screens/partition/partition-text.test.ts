import { describe, expect, it } from 'vitest';
import { errorText, wholeErrorText } from './partition-text.ts';

describe('errorText', () => {
  it.each([
    [
      { id: 'roofline', mape: 0.702, spearman: 0.717, regret: 0 },
      'On average a unit takes 70 % more or less than it says. It tells dear units from cheap ones roughly right. ' +
        'The plan it would choose was the fastest that ran.',
    ],
    [
      { id: 'calibrated', mape: 0.1, spearman: 0.96, regret: 0.0412 },
      'On average a unit takes 10 % more or less than it says. It tells dear units from cheap ones almost exactly right. ' +
        'The plan it would choose ran 4.1 % slower than the fastest.',
    ],
    [
      { id: 'measured', mape: null, spearman: null, regret: null },
      'The yardstick: the others are held against it. The plan it would choose was not run.',
    ],
    [
      { id: 'roofline', mape: null, spearman: null, regret: null },
      'Nothing was measured to hold it against. The plan it would choose was not run.',
    ],
  ] as const)('%j', (error, text) => {
    expect(errorText(error)).toBe(text);
  });
  it.each([
    [0.95, 'almost exactly'],
    [0.8, 'mostly'],
    [0.5, 'roughly'],
    [-1, 'hardly'],
  ])('an order of %d is %s right', (spearman, text) => {
    expect(errorText({ id: 'roofline', mape: 0, spearman, regret: 0 })).toContain(`${text} right`);
  });
});

describe('the error of the whole model', () => {
  it.each([
    [{ wholeError: 0.082, statedError: 0.16 }, '8 % (states 16 %)'],
    [{ wholeError: 0.7, statedError: null }, '70 %'],
    [{ wholeError: null, statedError: 0.02 }, '– (states 2 %)'],
  ])('%j is %s', (error, text) => {
    expect(wholeErrorText(error)).toBe(text);
  });
});
