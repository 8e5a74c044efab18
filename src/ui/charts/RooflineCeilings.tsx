/** @file The thin lines of the Roofline chart: other arithmetic as horizontals, memory levels as slopes up to their roof. */
import css from './RooflineChart.module.css';
import type { LinesProps } from './RooflineRoofs.tsx';
import { ridgeOf, type CeilingLine, type LevelLine } from './roofline-plane.ts';
import { fillOf } from './tone.ts';

/** A ceiling begins where memory could feed it; one above the roof goes on along the memory's slope to get there. */
export function Ceilings({
  ceilings,
  plane: { x, y, right },
  activeId,
  onRead,
}: LinesProps & { readonly ceilings: readonly CeilingLine[] }) {
  return (
    <g>
      {ceilings.map(({ id, tone, roof, performance }) => {
        const start = `${x(performance / roof.bandwidthBytesPerSecond)},${y(performance)}`;
        const ridge = `${x(roof.peakFlopPerSecond / roof.bandwidthBytesPerSecond)},${y(roof.peakFlopPerSecond)}`;
        const points = `${performance > roof.peakFlopPerSecond ? `${ridge} ` : ''}${start} ${right},${y(performance)}`;
        return (
          <ThinLine
            key={id}
            points={points}
            tone={fillOf(tone)}
            isActive={id === activeId}
            onRead={() => onRead(id)}
          />
        );
      })}
    </g>
  );
}

/** The slope of a roof itself is drawn with the roof: here it can only be pointed at. */
export function Levels({
  levels,
  plane: { x, y, xAxis },
  activeId,
  onRead,
}: LinesProps & { readonly levels: readonly LevelLine[] }) {
  return (
    <g>
      {levels.map((level) => {
        const { id, tone, roof, bandwidthBytesPerSecond, isMemory } = level;
        const start = `${x(xAxis.min)},${y(xAxis.min * bandwidthBytesPerSecond)}`;
        return (
          <ThinLine
            key={id}
            points={`${start} ${x(ridgeOf(level))},${y(roof.peakFlopPerSecond)}`}
            tone={fillOf(tone)}
            isHidden={isMemory}
            isActive={id === activeId}
            onRead={() => onRead(id)}
          />
        );
      })}
    </g>
  );
}

interface ThinLineProps {
  readonly points: string;
  readonly tone: string;
  readonly isHidden?: boolean;
  readonly isActive: boolean;
  readonly onRead: () => void;
}

function ThinLine({ points, tone, isHidden = false, isActive, onRead }: ThinLineProps) {
  return (
    <g data-active={isActive || undefined} className={css['thinGroup']}>
      {isHidden && !isActive ? null : <polyline className={css['thin']} points={points} stroke={tone} />}
      <polyline
        className={css['hit']}
        points={points}
        data-hit
        onPointerEnter={onRead}
        onPointerDown={onRead}
      />
    </g>
  );
}
