/**
 * @file Zoom and pan of a drawing in its viewport, by d3-zoom. The page keeps its own gestures: the wheel scrolls it unless Ctrl
 * or ⌘ is held, one finger scrolls it, two fingers zoom and move the drawing, a mouse drags it.
 */
import { select } from 'd3-selection';
import { zoom, zoomIdentity, zoomTransform, type D3ZoomEvent, type ZoomBehavior } from 'd3-zoom';
import { useCallback, useLayoutEffect, useRef, type RefObject } from 'react';
import type { Box } from '../../../core/diagram/paths.ts';

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Zoom {
  readonly viewport: RefObject<HTMLDivElement | null>;
  readonly drawing: RefObject<HTMLDivElement | null>;
  readonly zoomBy: (factor: number) => void;
  /** Shows the drawing from its top left at this scale, or all of it where that is larger. */
  readonly show: (scale: number) => void;
  /** Moves as little as needed for a box of the drawing to be seen. */
  readonly reveal: (box: Box) => void;
  /** Moves by a distance of the drawing. */
  readonly moveBy: (x: number, y: number) => void;
}

type Behaviour = ZoomBehavior<HTMLDivElement, unknown>;

/** Around the drawing, px of it. */
export const MARGIN = 16;
const LARGEST_SCALE = 2.5;

function isForDrawing(event: MouseEvent | TouchEvent | WheelEvent): boolean {
  if (event instanceof WheelEvent) return event.ctrlKey || event.metaKey;
  if ('touches' in event) return event.touches.length > 1;
  return event.button === 0 && !event.ctrlKey;
}

/** The scale at which all of `content` is seen, at most 1. */
export const wholeScale = (content: Size, view: Size): number =>
  Math.min(1, view.width / (content.width + 2 * MARGIN), view.height / (content.height + 2 * MARGIN));

export function useZoom(content: Size, view: Size): Zoom {
  const viewport = useRef<HTMLDivElement>(null);
  const drawing = useRef<HTMLDivElement>(null);
  const behaviour = useRef<Behaviour>(null);

  useLayoutEffect(() => {
    const element = viewport.current;
    if (!element) return;
    const created: Behaviour = zoom<HTMLDivElement, unknown>()
      .filter(isForDrawing)
      .on('zoom', ({ transform: { x, y, k } }: D3ZoomEvent<HTMLDivElement, unknown>) => {
        if (drawing.current) drawing.current.style.transform = `translate(${x}px, ${y}px) scale(${k})`;
      });
    behaviour.current = created;
    const selection = select(element).call(created).on('dblclick.zoom', null);
    return () => void selection.on('.zoom', null);
  }, []);

  const { width, height } = content;
  useLayoutEffect(() => {
    behaviour.current
      ?.extent([
        [0, 0],
        [view.width, view.height],
      ])
      .translateExtent([
        [-MARGIN, -MARGIN],
        [width + MARGIN, height + MARGIN],
      ])
      .scaleExtent([wholeScale({ width, height }, view), LARGEST_SCALE]);
  }, [width, height, view]);

  const moveBy = useCallback((x: number, y: number) => {
    if (viewport.current) behaviour.current?.translateBy(select(viewport.current), x, y);
  }, []);
  const zoomBy = useCallback((factor: number) => {
    if (viewport.current) behaviour.current?.scaleBy(select(viewport.current), factor);
  }, []);
  const show = useCallback(
    (scale: number) => {
      if (!viewport.current) return;
      const k = Math.max(scale, wholeScale({ width, height }, view));
      const start = zoomIdentity.translate(MARGIN * k, MARGIN * k).scale(k);
      behaviour.current?.transform(select(viewport.current), start);
      moveBy(0, 0);
    },
    [width, height, view, moveBy],
  );
  const reveal = useCallback(
    (box: Box) => {
      if (!viewport.current) return;
      const { x, y, k } = zoomTransform(viewport.current);
      const need = (start: number, length: number, offset: number, room: number): number => {
        const [near, far] = [start * k + offset - MARGIN, (start + length) * k + offset + MARGIN - room];
        return near < 0 ? -near / k : far > 0 ? -far / k : 0;
      };
      moveBy(need(box.x, box.width, x, view.width), need(box.y, box.height, y, view.height));
    },
    [view, moveBy],
  );
  return { viewport, drawing, zoomBy, show, reveal, moveBy };
}
