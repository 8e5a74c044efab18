/**
 * @file The block diagram of a model, as trained and fused. The drawing and its layout library load on their own, after the
 * page; until then a frame of about its height stands there.
 */
import { lazy, Suspense, useId, useState, type ReactNode } from 'react';
import type { FormDescription, FormId } from '../../../core/prepare-model.ts';
import { Section } from '../../components/Section.tsx';
import css from './Diagram.module.css';

const DiagramView = lazy(async () => ({ default: (await import('./DiagramView.tsx')).DiagramView }));

const FORMS: readonly (readonly [FormId, string])[] = [
  ['multi-branch', 'as trained'],
  ['deploy', 'fused'],
];

interface Props {
  readonly forms: Readonly<Record<FormId, FormDescription>>;
}

export function Diagram({ forms }: Props) {
  const [form, setForm] = useState<FormId>('multi-branch');
  const { nodes } = forms[form];
  const label = form === 'deploy' ? 'Block diagram, fused' : 'Block diagram, as trained';
  const choice = <FormChoice form={form} onForm={setForm} />;
  return (
    <Section title="Block diagram" remark={`${nodes} operations, repeats folded`}>
      <Suspense fallback={<Placeholder>{choice}</Placeholder>}>
        <DiagramView formId={form} form={forms[form]} label={label}>
          {choice}
        </DiagramView>
      </Suspense>
    </Section>
  );
}

function Placeholder({ children }: { readonly children: ReactNode }) {
  return (
    <figure className={css['figure']}>
      <div className={css['bar']}>{children}</div>
      <div className={css['waiting']} />
    </figure>
  );
}

function FormChoice({ form, onForm }: { readonly form: FormId; readonly onForm: (form: FormId) => void }) {
  const name = useId();
  return (
    <fieldset className={css['choice']}>
      <legend className="visually-hidden">Which form</legend>
      {FORMS.map(([id, text]) => (
        <label key={id}>
          <input type="radio" name={name} checked={form === id} onChange={() => onForm(id)} />
          {text}
        </label>
      ))}
    </fieldset>
  );
}
