/** @file The drawing at scale 1: frames, edges and labels in one svg, the vertices over it as a list of buttons. */
import { useId } from 'react';
import type { Vertex } from '../../../core/diagram/diagram.ts';
import { percent } from '../../number-format.ts';
import css from './DiagramDrawing.module.css';
import { titleOf, type Layout, type PlacedVertex } from '../../../core/diagram/layout.ts';
import { MarkShape, OperatorMark } from './OperatorMark.tsx';

interface Props {
  readonly layout: Layout;
  readonly label: string;
  /** The one vertex that Tab reaches. */
  readonly active: string | null;
  /** Whether the reader chose it. */
  readonly isRead: boolean;
  readonly onActive: (id: string) => void;
  readonly onToggle: (vertex: Vertex) => void;
}

export function DiagramDrawing({ layout, label, active, isRead, onActive, onToggle }: Props) {
  const arrow = useId();
  const { width, height, vertices, edges, frames, labels } = layout;
  return (
    <>
      <svg className={css['lines']} width={width} height={height} aria-hidden>
        <marker
          id={arrow}
          viewBox="0 0 6 6"
          refX={5.5}
          refY={3}
          markerWidth={6}
          markerHeight={6}
          orient="auto"
        >
          <path className={css['arrow']} d="M0 0L6 3L0 6z" />
        </marker>
        {frames.map(({ id, box }) => (
          <rect key={id} className={css['frame']} {...box} rx={12} />
        ))}
        {edges.map(({ id, path }) => (
          <path key={id} className={css['edge']} d={path} markerEnd={`url(#${arrow})`} />
        ))}
        {labels.map(({ text, x, y }) => (
          <text key={text} className={css['label']} x={x} y={y}>
            {text}
          </text>
        ))}
      </svg>
      <ol className={css['list']} role="list" aria-label={label}>
        {vertices.map((placed) => (
          <VertexItem
            key={placed.vertex.id}
            placed={placed}
            isActive={placed.vertex.id === active}
            isRead={isRead && placed.vertex.id === active}
            onActive={onActive}
            onToggle={onToggle}
          />
        ))}
      </ol>
    </>
  );
}

interface ItemProps extends Pick<Props, 'onActive' | 'onToggle' | 'isRead'> {
  readonly placed: PlacedVertex;
  readonly isActive: boolean;
}

function VertexItem({ placed: { vertex, box, sketch }, isActive, isRead, onActive, onToggle }: ItemProps) {
  const { id, kind, detail, repeats, share, isExpanded, operatorClass } = vertex;
  const { x, y, width, height } = box;
  return (
    <li style={{ transform: `translate(${x}px, ${y}px)`, width, height }}>
      <button
        className={css['vertex']}
        data-id={id}
        data-kind={kind}
        data-repeats={repeats > 1 && isExpanded === false ? true : undefined}
        data-bare={detail === '' || undefined}
        data-read={isRead || undefined}
        tabIndex={isActive ? 0 : -1}
        aria-expanded={isExpanded ?? undefined}
        onFocus={({ currentTarget }) => {
          // A press reads on release: what it opens must not slip under the finger.
          if (currentTarget.matches(':focus-visible')) onActive(id);
        }}
        onClick={({ currentTarget }) => {
          currentTarget.scrollIntoView({ block: 'nearest' });
          onToggle(vertex);
        }}
      >
        <OperatorMark operatorClass={operatorClass} />
        <span className={css['text']}>
          <span className={css['title']}>
            {titleOf(vertex)}
            <span className="visually-hidden">, </span>
          </span>
          {sketch && (
            <svg width={sketch.width} height={sketch.height} aria-hidden className={css['sketch']}>
              {sketch.paths.map((path, i) => (
                <path key={i} d={path} />
              ))}
              {sketch.marks.map((mark, i) => (
                <MarkShape key={i} {...mark} />
              ))}
            </svg>
          )}
          <span className={css['detail']}>
            <span>{detail}</span>
            {share >= 0.005 && (
              <span className={css['percent']}>
                <span className="visually-hidden">, </span>
                {percent(share)}
                <span className="visually-hidden"> of the arithmetic</span>
              </span>
            )}
            {isExpanded !== null && <span aria-hidden>{isExpanded ? '▾' : '▸'}</span>}
          </span>
        </span>
        <span className={css['share']}>
          <span style={{ width: `${100 * share}%` }} />
        </span>
      </button>
    </li>
  );
}
