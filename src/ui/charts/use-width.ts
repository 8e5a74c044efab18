/** @file The width a chart has, in CSS pixels: charts draw at their true size, so that type never shrinks with them. */
import { useCallback, useState, type RefCallback } from 'react';

/** For the `ref` of the chart's box, which may appear later than the component. */
export function useWidth(initial: number): readonly [RefCallback<HTMLDivElement>, number] {
  const [width, setWidth] = useState(initial);
  const ref = useCallback((element: HTMLDivElement | null) => {
    if (!element) return undefined;
    const observer = new ResizeObserver(([entry]) => {
      if (entry) setWidth(Math.round(entry.contentRect.width));
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return [ref, width];
}
