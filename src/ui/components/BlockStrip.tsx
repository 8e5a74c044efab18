/** @file What a configuration keeps of each block: a tall bar for 3×3, a short one for 1×1, a dot where it is skipped. */
import css from './BlockStrip.module.css';

const NAMES: Readonly<Record<string, string>> = { '3x3': '3×3', '1x1': '1×1', skip: 'skipped' };

export const kindNames = (kinds: readonly string[]): string =>
  kinds.map((kind) => NAMES[kind] ?? kind).join(', ');

export function BlockStrip({ kinds }: { readonly kinds: readonly string[] }) {
  const spoken = kindNames(kinds);
  return (
    <span className={css['strip']} role="img" aria-label={spoken} title={spoken}>
      {kinds.map((kind, i) => (
        <span key={i} data-kind={kind} />
      ))}
    </span>
  );
}
