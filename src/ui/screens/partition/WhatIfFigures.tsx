/** @file What the shown plan would do, and what it did where it was run. */
import { depthOf } from '../../../core/planning/plan.ts';
import type { WhatIf } from '../../../core/planning/what-if.ts';
import type { PlanEntry } from '../../../playground/plan-report.ts';
import { Figure, Figures } from '../../components/Figure.tsx';
import { deviation, figure } from '../../number-format.ts';

interface Props {
  readonly shown: WhatIf;
  /** The entry of the report for the same plan, if it has one. */
  readonly entry: PlanEntry | null;
  readonly isInForce: boolean;
}

/** `measured 31.0, −4 %`. */
function measuredText(measured: number | undefined, predicted: number): string {
  if (measured === undefined) return 'not measured';
  return `measured ${figure(measured)}, ${deviation(measured / predicted - 1)}`;
}

export function WhatIfFigures({ shown: { plan, simulation, predicted }, entry, isInForce }: Props) {
  const latency = predicted.latencySeconds * 1000;
  return (
    <Figures>
      <Figure
        label={isInForce ? 'frames/s, predicted' : 'frames/s, if it ran'}
        value={figure(simulation.throughputFps)}
        note={measuredText(entry?.measured?.throughputFps, simulation.throughputFps)}
      />
      <Figure
        label="a frame alone"
        value={figure(latency)}
        unit="ms"
        note={measuredText(entry?.measured?.latencyMs, latency)}
      />
      <Figure
        label="a frame under load"
        value={figure(simulation.latencySeconds.median * 1000)}
        unit="ms"
        note={`${depthOf(plan)} frames in flight`}
      />
    </Figures>
  );
}
