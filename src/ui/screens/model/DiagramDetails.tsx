/** @file What is known of the vertex being read; stays at the foot of the page while the diagram is longer than it. */
import { X } from 'lucide-react';
import { shapeText } from '../../../core/diagram/block-text.ts';
import type { Vertex } from '../../../core/diagram/diagram.ts';
import { operationalIntensity, type Layer } from '../../../core/graph/layers.ts';
import { bytes, figure, flops, percent } from '../../number-format.ts';
import css from './Diagram.module.css';
import { titleOf } from '../../../core/diagram/layout.ts';

interface Props {
  readonly vertex: Vertex | null;
  readonly onClose: () => void;
}

export function DiagramDetails({ vertex, onClose }: Props) {
  return (
    <figcaption className={css['details']} aria-live="polite" data-reading={vertex ? true : undefined}>
      {vertex ? <Reading vertex={vertex} /> : <Hint />}
      {vertex && (
        <button aria-label="Close" onClick={onClose}>
          <X size={18} aria-hidden />
        </button>
      )}
    </figcaption>
  );
}

function Hint() {
  return (
    <p>
      <span data-for="mouse">
        Press a block to read it; ▸ opens. Drag to move, Ctrl or ⌘ and the wheel to zoom; arrow keys, +, − and
        0 work too.
      </span>
      <span data-for="touch">
        Tap a block to read it; ▸ opens. Two fingers zoom and move, one scrolls the page.
      </span>
    </p>
  );
}

function Reading({ vertex }: { readonly vertex: Vertex }) {
  const { detail, input, output, layers, flop, share, weightBytes } = vertex;
  const shapes = [input, output].flatMap((value) => (value ? [shapeText(value)] : []));
  return (
    <>
      <p>
        <strong>{titleOf(vertex)}</strong> {layers.length === 0 ? '' : detail}
        <small>{[shapes.join(' → '), operatorsOf(layers)].filter(Boolean).join(' · ')}</small>
      </p>
      {layers.length > 0 && (
        <dl>
          <Entry name="Arithmetic" value={`${flops(flop)}, ${percent(share, 1)}`} />
          <Entry name="Memory traffic" value={bytes(vertex.bytes)} />
          <Entry name="of it weights" value={bytes(weightBytes)} />
          <Entry name="FLOP/byte" value={figure(operationalIntensity(vertex))} />
        </dl>
      )}
    </>
  );
}

function Entry({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

/** `4 Conv, 2 BatchNormalization, Relu`. */
function operatorsOf(layers: readonly Layer[]): string {
  const counts = new Map<string, number>();
  for (const { opType } of layers.flatMap(({ nodes }) => nodes))
    counts.set(opType, (counts.get(opType) ?? 0) + 1);
  return [...counts].map(([opType, n]) => (n === 1 ? opType : `${n} ${opType}`)).join(', ');
}
