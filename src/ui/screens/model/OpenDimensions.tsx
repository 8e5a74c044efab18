/** @file Asks how large the dimensions shall be that a visitor's own file leaves open; it is read once each has a size. */
import { useEffect, useId, useRef, useState } from 'react';
import { switchModel } from '../../../playground/journey.ts';
import type { OpenFile } from '../../../playground/own-model-file.ts';
import { Section } from '../../components/Section.tsx';
import { usePlayground, useRunningTask } from '../../playground-context.ts';
import css from './OwnModels.module.css';

/** What most classifiers of pictures take, by the axis of `[N, C, H, W]`. */
const USUAL: readonly number[] = [1, 3, 224, 224];
const AXES: readonly string[] = ['pictures at once', 'colours', 'height', 'width'];
const MOST = 4096;

export function OpenDimensions({ open: { file, dimensions } }: { readonly open: OpenFile }) {
  const playground = usePlayground();
  const busy = useRunningTask() !== null;
  const id = useId();
  const form = useRef<HTMLFormElement>(null);
  // Asked from further down the page, too: there it would not be seen.
  useEffect(() => form.current?.querySelector('input')?.focus(), []);
  // One name may stand for several axes: height and width of a square. Pictures go through one at a time.
  const names = [
    ...new Map(dimensions.filter(({ axis }) => axis > 0).map((each) => [each.name, each])).values(),
  ];
  const [sizes, setSizes] = useState<Readonly<Record<string, string>>>(() =>
    Object.fromEntries(names.map(({ name, axis, size }) => [name, String(size ?? USUAL[axis] ?? 1)])),
  );
  const numbers = Object.fromEntries(Object.entries(sizes).map(([name, text]) => [name, Number(text)]));
  const isWhole = (size: number | undefined): boolean =>
    Number.isInteger(size) && (size ?? 0) >= 1 && (size ?? 0) <= MOST;
  const isReady = Object.values(numbers).every(isWhole);
  const read = (): void => {
    if (busy || !isReady) return;
    const said = { dimensions: numbers, labels: file.labels };
    void switchModel(playground, () => playground.loadModelFile(file.name, file.file, said));
  };
  return (
    <Section title={`How large is the input of ${file.name}?`}>
      <form
        ref={form}
        className={css['form']}
        onSubmit={(event) => {
          event.preventDefault();
          read();
        }}
      >
        <p>The file leaves this open. A fixed size is what costs, plans and the engine need.</p>
        {names.map(({ name, axis }) => (
          <label key={name} htmlFor={`${id}${name}`}>
            <span>
              {name} {AXES[axis] === name ? null : <small>{AXES[axis]}</small>}
            </span>
            <input
              id={`${id}${name}`}
              type="number"
              inputMode="numeric"
              min={1}
              max={MOST}
              required
              value={sizes[name] ?? ''}
              aria-invalid={!isWhole(numbers[name])}
              onChange={({ target }) => setSizes({ ...sizes, [name]: target.value })}
            />
          </label>
        ))}
        <div className={css['buttons']}>
          <button type="submit" data-primary disabled={busy || !isReady}>
            Read the model
          </button>
          <button type="button" onClick={() => playground.own.forgetQuestion()}>
            Never mind
          </button>
        </div>
      </form>
    </Section>
  );
}
