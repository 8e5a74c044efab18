/** @file The last resort for bugs: says that it is one, keeps the profile within reach, offers to go on. */
import { Component, type ReactNode } from 'react';
import { detailOf } from '../core/errors.ts';
import { usePlayground } from '../ui/playground-context.ts';
import { downloadProfile } from '../ui/download-profile.ts';
import css from './ErrorBoundary.module.css';

interface State {
  readonly detail: string | null;
}

export class ErrorBoundary extends Component<{ readonly children: ReactNode }, State> {
  override state: State = { detail: null };

  static getDerivedStateFromError(thrown: unknown): State {
    return { detail: detailOf(thrown) };
  }

  override render(): ReactNode {
    const { detail } = this.state;
    if (detail === null) return this.props.children;
    return <Broken detail={detail} onRetry={() => this.setState({ detail: null })} />;
  }
}

function Broken({ detail, onRetry }: { readonly detail: string; readonly onRetry: () => void }) {
  const { profile } = usePlayground().state;
  return (
    <div className={css['broken']} role="alert">
      <h1>This screen broke.</h1>
      <p>
        That is a fault of Ridgepoint, not yours: <code>{detail}</code>. What was loaded and measured is still
        there.
      </p>
      <div className={css['actions']}>
        <button data-primary onClick={onRetry}>
          Show it again
        </button>
        {profile && <button onClick={() => downloadProfile(profile)}>Save the profile</button>}
      </div>
    </div>
  );
}
