/**
 * @file How long a live pipeline may give no sign of life before a processor of it counts as hung: a few
 * seconds where frames take milliseconds, so that service is soon back; long where a software GPU takes seconds a frame.
 */

/** Until every processor has shown what a frame takes it: a first frame may be slow. */
const MOST_SECONDS = 60;
const LEAST_SECONDS = 2;
/** Of the longest time seen or predicted; other work on the same cores slows a frame down, but not that much. */
const TIMES = 20;

/** When a processor worked on a frame, in ms. */
interface Span {
  readonly stage: number;
  readonly member: number;
  readonly start: number;
  readonly end: number;
}

export class Patience {
  private readonly processors: number;
  private readonly seen = new Set<string>();
  private longestMs: number;

  /** For as many `processors` as take frames; `predictedMs` a frame, 0 where nothing is predicted. */
  constructor(processors: number, predictedMs: number) {
    this.processors = processors;
    this.longestMs = predictedMs;
  }

  see(spans: readonly Span[]): void {
    for (const { stage, member, start, end } of spans) {
      this.seen.add(`${stage}.${member}`);
      this.longestMs = Math.max(this.longestMs, end - start);
    }
  }

  /** Whole seconds: people read them. */
  get seconds(): number {
    if (this.seen.size < this.processors) return MOST_SECONDS;
    return Math.min(MOST_SECONDS, Math.max(LEAST_SECONDS, Math.ceil((TIMES * this.longestMs) / 1000)));
  }
}
