/** @file The points of an intensity sweep: open diamonds for WASM, open squares for WebGPU. */
import css from './RooflineChart.module.css';
import type { LinesProps } from './RooflineRoofs.tsx';
import type { SweepMark } from './roofline-plane.ts';
import { fillOf, type Tone } from './tone.ts';

/** Half the side of a mark, and of what reacts to a pointer, px. */
const [SIDE, REACH] = [3.4, 10];

export function Sweep({
  sweep,
  plane: { x, y },
  activeId,
  onRead,
}: LinesProps & { readonly sweep: readonly SweepMark[] }) {
  return (
    <g>
      {sweep.map(({ id, tone, operationalIntensity, flopPerSecond }) => (
        <g
          key={id}
          data-active={id === activeId || undefined}
          className={css['sweep']}
          transform={`translate(${x(operationalIntensity).toFixed(1)} ${y(flopPerSecond).toFixed(1)})`}
          onPointerEnter={() => onRead(id)}
          onPointerDown={() => onRead(id)}
        >
          <SweepShape tone={tone} />
          <rect x={-REACH} y={-REACH} width={2 * REACH} height={2 * REACH} fill="transparent" data-hit />
        </g>
      ))}
    </g>
  );
}

/** Drawn around the origin. */
export function SweepShape({ tone }: { readonly tone: Tone }) {
  const turn = tone === 'gpu' ? undefined : 'rotate(45)';
  return (
    <rect
      x={-SIDE}
      y={-SIDE}
      width={2 * SIDE}
      height={2 * SIDE}
      transform={turn}
      stroke={fillOf(tone)}
      data-mark
    />
  );
}
