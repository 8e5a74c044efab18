/** @file The visitor's own models that this browser keeps: open one again, name its classes, remove it (and take that back). */
import { useEffect, useState } from 'react';
import { switchModel } from '../../../playground/journey.ts';
import type { RecentModel } from '../../../playground/own-model-file.ts';
import { FileButton } from '../../components/FileButton.tsx';
import { Section } from '../../components/Section.tsx';
import { bytes } from '../../number-format.ts';
import { usePlayground, usePlaygroundState, useRunningTask } from '../../playground-context.ts';
import css from './OwnModels.module.css';

export function OwnModels() {
  const playground = usePlayground();
  const recent = usePlaygroundState((state) => state.recentModels);
  const model = usePlaygroundState((state) => state.model);
  const busy = useRunningTask() !== null;
  const [removed, setRemoved] = useState<string | null>(null);
  useEffect(() => void playground.own.refresh(), [playground]);
  const own = model?.own ?? null;
  if (recent.length === 0 && removed === null && !own) return null;

  const openAgain = async (key: string): Promise<void> => {
    const kept = await playground.own.recent(key);
    if (kept) await switchModel(playground, () => playground.loadModelFile(kept.name, kept.file, kept));
  };
  const remove = async ({ key, name }: RecentModel): Promise<void> => {
    await playground.own.remove(key);
    setRemoved(name);
  };
  const setLabels = async (labels: File): Promise<void> => {
    const named = await playground.own.setLabels(await labels.text());
    if (!named.ok) playground.report(named.error);
  };
  return (
    <Section title="Your models" remark="kept in this browser only">
      {own && model && (
        <p className={css['current']}>
          <b>{own.name}</b> {own.labels ? `${own.labels.length} classes named.` : 'Its classes are numbered.'}{' '}
          <FileButton accept=".txt,.json" disabled={busy} onFile={(labels) => void setLabels(labels)}>
            {own.labels ? 'Other names' : 'Name its classes'}
          </FileButton>
          {model.description.freeDimensions.some(({ axis }) => axis > 0) && (
            <button disabled={busy} onClick={() => playground.own.askAgain()}>
              Another input size
            </button>
          )}
        </p>
      )}
      <ul className={css['list']}>
        {recent.map((each) => (
          <Row
            key={each.key}
            model={each}
            busy={busy}
            onOpen={() => void openAgain(each.key)}
            onRemove={() => void remove(each)}
          />
        ))}
      </ul>
      {removed !== null && (
        <p role="status" className={css['current']}>
          {removed} is removed.{' '}
          <button
            onClick={() => {
              void playground.own.undoRemove();
              setRemoved(null);
            }}
          >
            Undo
          </button>
        </p>
      )}
    </Section>
  );
}

interface RowProps {
  readonly model: RecentModel;
  readonly busy: boolean;
  readonly onOpen: () => void;
  readonly onRemove: () => void;
}

function Row({ model: { name, bytes: size, at }, busy, onOpen, onRemove }: RowProps) {
  return (
    <li>
      <span className={css['name']}>{name}</span>
      <span className={css['facts']}>
        {bytes(size)}, {new Date(at).toLocaleDateString('en-GB', { day: 'numeric', month: 'short' })}
      </span>
      <button disabled={busy} onClick={onOpen} aria-label={`Open ${name}`}>
        Open
      </button>
      <button disabled={busy} onClick={onRemove} aria-label={`Remove ${name}`}>
        Remove
      </button>
    </li>
  );
}
