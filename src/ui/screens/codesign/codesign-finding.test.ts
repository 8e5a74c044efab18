import { describe, expect, it } from 'vitest';
import type { Design } from '../../../core/codesign/design.ts';
import { frontOf } from '../../../core/codesign/front.ts';
import { designSpace } from '../../../fixtures/design-space.ts';
import type { DesignSpace } from '../../../playground/codesign/design-space.ts';
import { codesignFinding } from './codesign-finding.ts';

const FULL = designSpace();
const [A, B, C] = FULL.configurations.toReversed();

/** Two configurations of Rep-Tiny with the figures given: frames/s, ms, and whether they ran. */
function space(...figures: readonly (readonly [fps: number, ms: number, ran: boolean])[]): DesignSpace {
  const designs = figures.map(([throughputFps, ms, ran], i): Design => {
    const configuration = [A, B, C][i];
    const [pattern] = FULL.designs;
    if (!configuration || !pattern) throw new Error('too few configurations');
    const rates = { throughputFps, latencySeconds: ms / 1000 };
    const measured = { ...rates, n: 30, errors: { throughput: 0.01, latency: 0.01 } };
    return {
      ...{ ...pattern, id: String(i), configuration: configuration.id, accuracy: configuration.top1 },
      ...{ predicted: rates, measured: ran ? measured : null },
    };
  });
  const front = frontOf(designs).map(({ id }) => id);
  return { ...FULL, designs, front, verified: designs.filter(({ measured }) => measured).length };
}

/** In percent, of one of them; points that the second gives up. */
const top1 = (at: number): string => (100 * ([A, B, C][at]?.top1 ?? NaN)).toFixed(1);
const LOST = (100 * ((A?.top1 ?? NaN) - (B?.top1 ?? NaN))).toFixed(1);

/** Without what keeps a name on one line. */
const saying = (of: DesignSpace, id: string | null): string =>
  codesignFinding(of, of.designs.find((design) => design.id === id) ?? null).what.replaceAll('\u2060', '');

describe('codesignFinding', () => {
  it('says what accuracy buys in frames', () => {
    expect(saying(space([20, 50, true], [48, 40, true]), '1')).toBe(
      `Giving up ${LOST} points of accuracy makes Rep-Tiny 2.4 × as fast.`,
    );
  });
  it('says when that is predicted', () => {
    expect(saying(space([20, 50, true], [48, 40, false]), '1')).toContain(
      `By prediction, giving up ${LOST} points`,
    );
    expect(saying(space([20, 50, false], [48, 40, true]), '1')).toContain(
      `By prediction, giving up ${LOST} points`,
    );
  });
  it('says what it buys in latency, where it is not frames', () => {
    expect(saying(space([20, 50, true], [20.5, 10, true]), '1')).toBe(
      `Giving up ${LOST} points of accuracy makes Rep-Tiny answer 5.0 × as soon.`,
    );
  });
  it('has the whole span where nothing is given up', () => {
    expect(saying(space([20, 50, true], [48, 40, true], [200, 5, false]), '0')).toBe(
      `Here Rep-Tiny runs at anything from 20.0 frames/s (${top1(0)} %) to 200 frames/s (${top1(2)} %).`,
    );
  });
  it('says that nothing keeps every wish', () => {
    expect(saying(FULL, null)).toBe('No design of Rep-Tiny does all that here.');
  });
  it('counts what was priced, what is left, and what of it ran', () => {
    const { lede } = codesignFinding(space([20, 50, true], [48, 40, false]), null);
    expect(lede).toContain(`Of ${FULL.considered.toLocaleString('en-US')} designs`);
    expect(lede).toContain('no other beats these 2');
    expect(lede).toContain('1 of them ran, the rest is predicted.');
    expect(codesignFinding(space([20, 50, true]), null).lede).toContain('All of them ran.');
  });
});
