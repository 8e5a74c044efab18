/** @file How fast: frames/s beside its prediction, latency, and what the plan gains over the best processor alone. */
import { gainOverBestSingle } from '../../../playground/plan-sentence.ts';
import { Figure, Figures } from '../../components/Figure.tsx';
import { deviation, figure } from '../../number-format.ts';
import { usePlaygroundState } from '../../playground-context.ts';

export function LiveFigures() {
  const figures = usePlaygroundState((state) => state.live.figures);
  const predicted = usePlaygroundState((state) => state.live.history.at(-1)?.predicted ?? null);
  const report = usePlaygroundState((state) => state.plan);
  const runsChosen = usePlaygroundState(({ live }) => live.detour === null);
  const isResting = usePlaygroundState(({ live }) => live.isResting);
  const gain = report && runsChosen ? gainOverBestSingle(report) : null;
  const fps = figures?.throughputFps ?? 0;
  const ms = (value: number | null | undefined): string => (value == null ? '–' : figure(value));
  return (
    <>
      <Figures>
        <Figure
          large
          label="frames/s"
          value={fps > 0 ? figure(fps) : '–'}
          note={
            predicted === null
              ? 'no prediction yet'
              : `predicted ${figure(predicted.throughputFps)}${fps > 0 ? ` · ${deviation(fps / predicted.throughputFps - 1)}` : ''}`
          }
        />
        <Figure
          label="latency p50"
          value={ms(figures?.latencyP50Ms)}
          unit="ms"
          note={`p95 ${ms(figures?.latencyP95Ms)}${predicted ? ` · predicted ${figure(predicted.latencyMs)}` : ' ms'}`}
        />
        <Figure
          label="the plan’s gain"
          value={gain == null ? '–' : gain.toFixed(2)}
          unit="×"
          note={gain == null ? 'measured by a plan' : 'over one alone, raced'}
        />
      </Figures>
      {figures && (
        <small>
          {figures.completed.toLocaleString('en-US')} frames classified,{' '}
          {figures.dropped.toLocaleString('en-US')} passed over while the pipeline was busy.
          {isResting && ' Figures rest while the tab is hidden.'}
        </small>
      )}
    </>
  );
}
