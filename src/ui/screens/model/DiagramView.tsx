/**
 * @file The diagram itself: vertices are buttons in reading order, so that the list of blocks and the picture are one thing to
 * keyboard, screen reader and touch. Arrow keys go along the edges, + − 0 zoom, Enter opens and closes.
 */
import { useLayoutEffect, useMemo, useRef, useState, type KeyboardEvent, type ReactNode } from 'react';
import { diagramOf, type Vertex } from '../../../core/graph/diagram.ts';
import type { FormDescription } from '../../../core/prepare-model.ts';
import { useWidth } from '../../charts/use-width.ts';
import css from './Diagram.module.css';
import { DiagramBar } from './DiagramBar.tsx';
import { DiagramDetails } from './DiagramDetails.tsx';
import { DiagramDrawing } from './DiagramDrawing.tsx';
import { layoutOf } from './diagram-layout.ts';
import type { Box } from './diagram-paths.ts';
import { stepFrom } from './diagram-steps.ts';
import { DiagramTable } from './DiagramTable.tsx';
import { textWidthOf } from './diagram-text.ts';
import { MARGIN, useZoom, wholeScale } from './use-zoom.ts';

interface Props {
  readonly form: FormDescription;
  readonly label: string;
  /** What chooses the form; stands first in the bar. */
  readonly children: ReactNode;
}

/** Below this the stages are one column and the page scrolls along it, px. */
const NARROW = 640;
/** Of the viewport on a wide page, px. */
const [LEAST_HEIGHT, MOST_HEIGHT] = [240, 880];
/** The smallest scale that can be read without effort: a larger diagram starts at its top left. */
const READABLE = 0.8;
const ZOOM_STEP = 1.3;
const NONE: ReadonlySet<string> = new Set();
const KEYS: Readonly<Record<string, number>> = { '+': ZOOM_STEP, '=': ZOOM_STEP, '-': 1 / ZOOM_STEP };

/** What the reader did with a form; another form starts anew. */
interface Reading {
  readonly form: FormDescription;
  readonly expanded: ReadonlySet<string>;
  readonly active: string | null;
  /** Whether what is known of the active vertex is shown. */
  readonly isRead: boolean;
}

export function DiagramView({ form, label, children }: Props) {
  const [frame, width] = useWidth(960);
  const [reading, setReading] = useState<Reading>({ form, expanded: NONE, active: null, isRead: false });
  const { expanded, active, isRead } =
    reading.form === form ? reading : { expanded: NONE, active: null, isRead: false };
  const textWidth = useMemo(() => textWidthOf('600 12.5px'), []);
  const diagram = useMemo(() => diagramOf(form, expanded), [form, expanded]);
  const isNarrow = width < NARROW;
  const layout = useMemo(
    () => layoutOf(diagram, textWidth, isNarrow ? Math.max(200, width - 2 * MARGIN) : null),
    [diagram, textWidth, isNarrow, width],
  );
  const across = wholeScale(layout, { width, height: Infinity });
  const scale = isNarrow ? across : Math.max(READABLE, wholeScale(layout, { width, height: MOST_HEIGHT }));
  const room = layout.height + 2 * MARGIN;
  const height = Math.round(isNarrow ? room * scale : Math.min(MOST_HEIGHT, Math.max(LEAST_HEIGHT, room)));
  const view = useMemo(() => ({ width, height }), [width, height]);
  const { viewport, drawing, show, zoomBy, reveal, moveBy } = useZoom(layout, view);

  const boxes = useMemo(() => new Map(layout.vertices.map(({ vertex, box }) => [vertex.id, box])), [layout]);
  const kept = useRef<{ form: FormDescription; width: number; id: string; box: Box } | null>(null);

  useLayoutEffect(() => {
    const before = kept.current;
    const now = before && boxes.get(before.id);
    kept.current = null;
    // What was just opened or closed stays under the pointer.
    if (now && before.form === form && !isNarrow) moveBy(before.box.x - now.x, before.box.y - now.y);
    else show(scale);
  }, [form, boxes, scale, isNarrow, show, moveBy]);

  const activate = (id: string): void => {
    if (id !== active) setReading({ form, expanded, active: id, isRead: true });
  };
  const toggle = ({ id, isExpanded }: Vertex): void => {
    const next = new Set(expanded);
    if (isExpanded === true) next.delete(id);
    else if (isExpanded === false) next.add(id);
    const box = boxes.get(id);
    if (isExpanded !== null && box) kept.current = { form, width, id, box };
    setReading({ form, expanded: isExpanded === null ? expanded : next, active: id, isRead: true });
  };
  const focusOn = (id: string): void => {
    const box = boxes.get(id);
    if (box) reveal(box);
    viewport.current?.querySelector<HTMLElement>(`[data-id="${CSS.escape(id)}"]`)?.focus();
  };
  const close = (): void => {
    setReading({ form, expanded, active, isRead: false });
    if (active !== null) focusOn(active);
  };
  const press = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const factor = KEYS[event.key];
    const next = stepFrom(diagram, boxes, active, event.key);
    if (factor !== undefined) zoomBy(factor);
    else if (event.key === '0') show(0);
    else if (next !== null) focusOn(next);
    else return;
    event.preventDefault();
  };

  const current = diagram.vertices.find(({ id }) => id === active) ?? null;
  return (
    <>
      <figure className={css['figure']}>
        <DiagramBar
          diagram={diagram}
          onZoom={(isIn) => zoomBy(isIn ? ZOOM_STEP : 1 / ZOOM_STEP)}
          onFit={() => show(0)}
        >
          {children}
        </DiagramBar>
        <div ref={frame}>
          <div className={css['viewport']} ref={viewport} style={{ height }} onKeyDown={press}>
            <div className={css['drawing']} ref={drawing}>
              <DiagramDrawing
                layout={layout}
                label={label}
                active={current?.id ?? diagram.vertices[0]?.id ?? null}
                isRead={isRead}
                onActive={activate}
                onToggle={toggle}
              />
            </div>
          </div>
        </div>
        <DiagramDetails vertex={isRead ? current : null} onClose={close} />
      </figure>
      <DiagramTable diagram={diagram} label={label} />
    </>
  );
}
