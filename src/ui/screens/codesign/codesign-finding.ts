/** @file What the Co-design screen opens with: what the chosen design gives and takes, and how much of that was measured. Pure. */
import { ratesOf, type Design, type Rates } from '../../../core/codesign/design.ts';
import type { DesignSpace } from '../../../playground/codesign/design-space.ts';
import { designAccuracy, frontDesigns, shownAccuracy, unbroken } from '../../design-text.ts';
import { figure } from '../../number-format.ts';

export interface CodesignFinding {
  readonly what: string;
  readonly lede: string;
}

const times = (ratio: number): string => `${ratio.toFixed(ratio < 10 ? 1 : 0)} ×`;
/** Below it a gain is not worth a sentence. */
const WORTH = 1.05;

/** `chosen` null: nothing keeps every wish. */
export function codesignFinding(space: DesignSpace, chosen: Design | null): CodesignFinding {
  const front = frontDesigns(space);
  const [best] = front;
  const fastest = front.reduce<Design | undefined>(
    (most, next) => (most && ratesOf(most).throughputFps >= ratesOf(next).throughputFps ? most : next),
    undefined,
  );
  const lede = countText(space);
  const name = unbroken(space.name);
  if (!chosen || !best || !fastest) return { what: `No design of ${name} does all that here.`, lede };
  const basis = best.measured && chosen.measured ? '' : 'By prediction, ';
  const lost = shownAccuracy(space, best.accuracy) - shownAccuracy(space, chosen.accuracy);
  const gain = gainOf(ratesOf(best), ratesOf(chosen));
  if (lost > 0 && gain)
    return {
      what: sentence(`${basis}giving up ${points(lost)} of accuracy makes ${name} ${gain}.`),
      lede,
    };
  const [slow, fast] = [best, fastest].map(
    (design) =>
      `${figure(ratesOf(design).throughputFps)} frames/s (${designAccuracy(space, design.accuracy)})`,
  );
  return { what: `Here ${name} runs at anything from ${slow} to ${fast}.`, lede };
}

const points = (lost: number): string => `${lost.toFixed(1)} point${lost.toFixed(1) === '1.0' ? '' : 's'}`;

const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** In frames where there are more of them, else in latency; null where there is hardly a gain. */
function gainOf(before: Rates, after: Rates): string | null {
  const faster = after.throughputFps / before.throughputFps;
  const sooner = before.latencySeconds / after.latencySeconds;
  if (faster >= WORTH) return `${times(faster)} as fast`;
  return sooner >= WORTH ? `answer ${times(sooner)} as soon` : null;
}

/** How many there are, what singles out the front, and how much of it ran. */
function countText({ front, considered, configurations, verified }: DesignSpace): string {
  const n = (value: number): string => value.toLocaleString('en-US');
  const ran =
    verified >= front.length ? 'All of them ran.' : `${n(verified)} of them ran, the rest is predicted.`;
  return `Of ${n(considered)} designs – ${n(configurations.length)} configurations, each on every plan – no other beats these ${n(front.length)} in accuracy, throughput and latency together. ${ran}`;
}
