/** @file What strokes and colours of the front chart mean; only of what is there. */
import type { FrontMark } from '../../charts/front-plane.ts';
import css from './FrontLegend.module.css';

const TONES = [
  { tone: 'gpu', name: 'WebGPU' },
  { tone: 'cpu', name: 'WASM' },
  { tone: 'both', name: 'both' },
] as const;

export function FrontLegend({ marks }: { readonly marks: readonly FrontMark[] }) {
  return (
    <ul className={css['legend']} aria-label="Legend">
      <li>
        <i data-stroke="solid" /> measured
      </li>
      <li>
        <i data-stroke="hollow" /> predicted
      </li>
      <li>
        <i data-stroke="faint" /> beaten
      </li>
      {TONES.filter(({ tone }) => marks.some((mark) => mark.tone === tone)).map(({ tone, name }) => (
        <li key={tone}>
          <i data-tone={tone} /> {name}
        </li>
      ))}
    </ul>
  );
}
