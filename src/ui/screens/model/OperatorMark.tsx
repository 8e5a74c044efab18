/** @file One shape a class of operators, in ink: colours mean processors here, so these differ by form. */
import type { OperatorClass } from '../../../core/graph/count.ts';
import css from './OperatorMark.module.css';

interface MarkProps {
  readonly operatorClass: OperatorClass;
  readonly x: number;
  readonly y: number;
}

/** The shape around a centre, for use inside an svg; about 9 px. */
export function MarkShape({ operatorClass, x, y }: MarkProps) {
  return (
    <g className={css['mark']} data-class={operatorClass} transform={`translate(${x} ${y})`}>
      <Shape operatorClass={operatorClass} />
    </g>
  );
}

function Shape({ operatorClass }: Pick<MarkProps, 'operatorClass'>) {
  switch (operatorClass) {
    case 'conv3x3':
      return <rect x={-4.5} y={-4.5} width={9} height={9} rx={1} />;
    case 'conv1x1':
      return <rect x={-2.5} y={-2.5} width={5} height={5} rx={1} />;
    case 'depthwise':
      return <path d="M-4.5 -4.5h2.2v9h-2.2zM-1.1 -4.5h2.2v9h-2.2zM2.3 -4.5h2.2v9h-2.2z" />;
    case 'conv-other':
      return <path d="M0 -5L5 0L0 5L-5 0z" />;
    case 'matmul':
      return <circle r={4.5} />;
    case 'pooling':
      return <path d="M-5 -4h10l-5 8.5z" />;
    case 'elementwise':
      return <circle className={css['hollow']} r={3} />;
    case 'layout':
      return (
        <rect
          className={css['hollow']}
          x={-3.5}
          y={-3.5}
          width={7}
          height={7}
          rx={1}
          strokeDasharray="2 1.5"
        />
      );
  }
}

/** The shape alone, in a line of text. */
export function OperatorMark({ operatorClass }: { readonly operatorClass: OperatorClass | null }) {
  return (
    <svg width={12} height={12} viewBox="-6 -6 12 12" aria-hidden className={css['alone']}>
      {operatorClass && <MarkShape operatorClass={operatorClass} x={0} y={0} />}
    </svg>
  );
}
