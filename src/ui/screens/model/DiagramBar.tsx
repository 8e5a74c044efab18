/** @file Over the drawing: which form, what the marks mean, zoom. */
import { Maximize, ZoomIn, ZoomOut } from 'lucide-react';
import type { ReactNode } from 'react';
import type { OperatorClass } from '../../../core/graph/count.ts';
import type { Diagram } from '../../../core/diagram/diagram.ts';
import css from './Diagram.module.css';
import { OperatorMark } from './OperatorMark.tsx';

interface Props {
  readonly diagram: Diagram;
  readonly onZoom: (isIn: boolean) => void;
  readonly onFit: () => void;
  readonly children: ReactNode;
}

const NAMES: Readonly<Record<OperatorClass, string>> = {
  conv3x3: '3×3',
  conv1x1: '1×1',
  depthwise: 'depthwise',
  'conv-other': 'other convolution',
  matmul: 'product',
  pooling: 'pooling',
  elementwise: 'each element',
  layout: 'layout',
};

export function DiagramBar({ diagram: { vertices }, onZoom, onFit, children }: Props) {
  const present = new Set(vertices.flatMap(({ layers }) => layers.map((layer) => layer.operatorClass)));
  const classes = (Object.keys(NAMES) as OperatorClass[]).filter((each) => present.has(each));
  return (
    <div className={css['bar']}>
      {children}
      <ul className={css['legend']} aria-hidden>
        {classes.map((each) => (
          <li key={each}>
            <OperatorMark operatorClass={each} /> {NAMES[each]}
          </li>
        ))}
      </ul>
      <div className={css['zoom']} role="group" aria-label="Zoom">
        <button aria-label="Zoom out" onClick={() => onZoom(false)}>
          <ZoomOut size={18} aria-hidden />
        </button>
        <button aria-label="Zoom in" onClick={() => onZoom(true)}>
          <ZoomIn size={18} aria-hidden />
        </button>
        <button aria-label="Show all of it" onClick={onFit}>
          <Maximize size={18} aria-hidden />
        </button>
      </div>
    </div>
  );
}
