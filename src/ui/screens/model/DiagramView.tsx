/**
 * @file The diagram itself: vertices are buttons in reading order, so that the list of blocks and the picture are one thing to
 * keyboard, screen reader and touch. Arrow keys go along the edges, + − 0 zoom, Enter opens and closes.
 */
import {
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
  type KeyboardEvent,
  type ReactNode,
} from 'react';
import type { Diagram, Vertex } from '../../../core/diagram/diagram.ts';
import type { Layout } from '../../../core/diagram/layout.ts';
import type { Box } from '../../../core/diagram/paths.ts';
import type { FormDescription, FormId } from '../../../core/prepare-model.ts';
import { useWidth } from '../../charts/use-width.ts';
import { usePlayground } from '../../playground-context.ts';
import css from './Diagram.module.css';
import { DiagramBar } from './DiagramBar.tsx';
import { DiagramDetails } from './DiagramDetails.tsx';
import { DiagramDrawing } from './DiagramDrawing.tsx';
import { stepFrom } from './diagram-steps.ts';
import { DiagramTable } from './DiagramTable.tsx';
import { MARGIN, useZoom, wholeScale } from './use-zoom.ts';

interface Props {
  readonly formId: FormId;
  /** Its identity: another form, or another model, is read anew. */
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
const NONE: readonly string[] = [];
const KEYS: Readonly<Record<string, number>> = { '+': ZOOM_STEP, '=': ZOOM_STEP, '-': 1 / ZOOM_STEP };

/** What the reader did with a form; another form starts anew. */
interface Reading {
  readonly form: FormDescription;
  readonly expanded: readonly string[];
  readonly active: string | null;
  /** Whether what is known of the active vertex is shown. */
  readonly isRead: boolean;
}

/** What the model worker drew, and of which form. */
interface Drawn {
  readonly form: FormDescription;
  readonly diagram: Diagram;
  readonly layout: Layout;
}

export function DiagramView({ formId, form, label, children }: Props) {
  const playground = usePlayground();
  const [frame, width] = useWidth(0);
  const [reading, setReading] = useState<Reading>({ form, expanded: NONE, active: null, isRead: false });
  const [drawn, setDrawn] = useState<Drawn | null>(null);
  const now = reading.form === form ? reading : { form, expanded: NONE, active: null, isRead: false };
  const isNarrow = width < NARROW;
  const chainWidth = isNarrow ? Math.max(200, width - 2 * MARGIN) : null;
  const { expanded } = now;
  useEffect(() => {
    let isWanted = width > 0;
    const font = `600 12.5px ${getComputedStyle(document.body).fontFamily}`;
    if (isWanted)
      void playground.drawDiagram(formId, { expanded, chainWidth, font }).then((result) => {
        if (isWanted && result.ok) setDrawn({ form, ...result.value });
      });
    return () => {
      isWanted = false;
    };
  }, [playground, formId, form, expanded, chainWidth, width]);
  return (
    <div ref={frame}>
      {drawn?.form === form ? (
        <DiagramFigure
          drawn={drawn}
          width={width}
          label={label}
          reading={now}
          onReading={setReading}
          isNarrow={isNarrow}
        >
          {children}
        </DiagramFigure>
      ) : (
        <figure className={css['figure']}>
          <div className={css['bar']}>{children}</div>
          <div className={css['waiting']} />
        </figure>
      )}
    </div>
  );
}

interface FigureProps {
  readonly drawn: Drawn;
  readonly width: number;
  readonly isNarrow: boolean;
  readonly label: string;
  readonly reading: Reading;
  readonly onReading: (reading: Reading) => void;
  readonly children: ReactNode;
}

function DiagramFigure(props: FigureProps) {
  const { drawn, width, isNarrow, label, reading, onReading, children } = props;
  const { form, diagram, layout } = drawn;
  const { expanded, active, isRead } = reading;
  const across = wholeScale(layout, { width, height: Infinity });
  const scale = isNarrow ? across : Math.max(READABLE, wholeScale(layout, { width, height: MOST_HEIGHT }));
  const room = layout.height + 2 * MARGIN;
  const height = Math.round(isNarrow ? room * scale : Math.min(MOST_HEIGHT, Math.max(LEAST_HEIGHT, room)));
  const view = useMemo(() => ({ width, height }), [width, height]);
  const { viewport, drawing, show, zoomBy, reveal, moveBy } = useZoom(layout, view);

  const boxes = useMemo(() => new Map(layout.vertices.map(({ vertex, box }) => [vertex.id, box])), [layout]);
  const kept = useRef<{ form: FormDescription; id: string; box: Box } | null>(null);

  useLayoutEffect(() => {
    const before = kept.current;
    const now = before && boxes.get(before.id);
    kept.current = null;
    // What was just opened or closed stays under the pointer.
    if (now && before.form === form && !isNarrow) moveBy(before.box.x - now.x, before.box.y - now.y);
    else show(scale);
  }, [form, boxes, scale, isNarrow, show, moveBy]);

  const activate = (id: string): void => {
    if (id !== active) onReading({ form, expanded, active: id, isRead: true });
  };
  const toggle = ({ id, isExpanded }: Vertex): void => {
    const others = expanded.filter((each) => each !== id);
    const next = isExpanded === true ? others : [...others, id];
    const box = boxes.get(id);
    if (isExpanded !== null && box) kept.current = { form, id, box };
    onReading({ form, expanded: isExpanded === null ? expanded : next, active: id, isRead: true });
  };
  const focusOn = (id: string): void => {
    const box = boxes.get(id);
    if (box) reveal(box);
    viewport.current?.querySelector<HTMLElement>(`[data-id="${CSS.escape(id)}"]`)?.focus();
  };
  const close = (): void => {
    onReading({ form, expanded, active, isRead: false });
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
        <DiagramDetails vertex={isRead ? current : null} onClose={close} />
      </figure>
      <DiagramTable diagram={diagram} label={label} />
    </>
  );
}
