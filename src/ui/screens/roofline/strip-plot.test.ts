import { describe, expect, it } from 'vitest';
import { stripPlot } from './strip-plot.ts';

describe('stripPlot', () => {
  it('spreads the samples over time and their values over the height', () => {
    expect(stripPlot({ samples: [10, 20, 15], median: 15 }, 80, 120)).toEqual({
      dots: [
        { x: 20, y: 110 },
        { x: 40, y: 10 },
        { x: 60, y: 60 },
      ],
      medianY: 60,
      band: null,
      top: 20,
      bottom: 10,
    });
  });
  it('draws the interval', () => {
    const plot = stripPlot({ samples: [10, 20, 15], median: 15, low: 12.5, high: 17.5 }, 80, 120);
    expect(plot?.band).toEqual({ y: 35, height: 50 });
  });
  it('does not blow up what hardly differs', () => {
    const plot = stripPlot({ samples: [100, 100.02], median: 100.01 }, 80, 120);
    expect((plot?.dots[0]?.y ?? 0) - (plot?.dots[1]?.y ?? 0)).toBeCloseTo(0.5, 3);
    expect(stripPlot({ samples: [5], median: 5 }, 80, 120)?.dots).toEqual([{ x: 40, y: 60 }]);
  });
  it('is nothing without samples', () => {
    expect(stripPlot({ samples: [], median: null }, 80, 120)).toBeNull();
  });
});
