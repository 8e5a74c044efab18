/** @file The explored designs: the chart, the wishes, the design they choose or the visitor picks, and the table. */
import { useMemo } from 'react';
import { choose, nearest } from '../../../core/codesign/constraints.ts';
import type { Design } from '../../../core/codesign/design.ts';
import { designInForce } from '../../../playground/codesign/design-in-force.ts';
import type { DesignSpace } from '../../../playground/codesign/design-space.ts';
import { exploreAndShow } from '../../../playground/journey.ts';
import type { DesignView } from '../../../playground/state.ts';
import { FrontChart } from '../../charts/FrontChart.tsx';
import { Choice } from '../../components/Choice.tsx';
import { Finding } from '../../components/Finding.tsx';
import { ModelPicker } from '../../components/ModelPicker.tsx';
import { accuracyScale, accuracySource, designOf, frontDesigns } from '../../design-text.ts';
import { usePlayground, usePlaygroundState, useRunningTask } from '../../playground-context.ts';
import { codesignFinding } from './codesign-finding.ts';
import { drawnOf, scaledBreak, scaledWish } from './codesign-view.ts';
import { DesignCard } from './DesignCard.tsx';
import css from './Explored.module.css';
import { Failure } from './Failure.tsx';
import { FrontLegend } from './FrontLegend.tsx';
import { FrontTable } from './FrontTable.tsx';
import { Wishes } from './Wishes.tsx';

const AXES = [
  { id: 'throughput', name: 'frames/s' },
  { id: 'latency', name: 'latency' },
] as const;

export function Explored({ space }: { readonly space: DesignSpace }) {
  const playground = usePlayground();
  const busy = useRunningTask() !== null;
  const inForce = usePlaygroundState(designInForce);
  const configuration = usePlaygroundState((state) => state.model?.configuration ?? null);
  const view = usePlaygroundState((state) => state.designView);
  const { wish: shownWish, goal, across, pickedId, beforeId } = view;
  const look = (next: Partial<DesignView>): void => {
    playground.store.setState(({ designView }) => ({ designView: { ...designView, ...next } }));
  };
  const setPicked = (id: string): void => look({ pickedId: id });

  const front = useMemo(() => frontDesigns(space), [space]);
  const scale = accuracyScale(space);
  const wish = useMemo(() => scaledWish(shownWish, 1 / scale), [shownWish, scale]);
  const drawn = useMemo(() => drawnOf(space, wish, across), [space, wish, across]);
  const near = nearest(front, wish, goal);
  const wished = choose(front, wish, goal);
  // The front may move while its designs run: what was picked from it and left it is let go.
  const picked = front.find(({ id }) => id === pickedId) ?? null;
  const design = picked ?? wished ?? near?.design ?? front[0];
  if (!design) return null;

  // A plan from before may be none of the space's: then the way back is to the best of its configuration.
  const sameConfiguration = front.find((each) => each.configuration === configuration) ?? null;
  const apply = async (next: Design): Promise<void> => {
    if (busy || next.id === inForce?.id) return;
    const applied = await playground.applyDesign(next.id);
    if (!applied.ok) return;
    look({ pickedId: next.id, beforeId: (inForce ?? sameConfiguration)?.id ?? null });
  };
  const finding = codesignFinding(space, picked ?? wished);
  return (
    <div className={css['parts']}>
      <div className={css['main']}>
        <Finding lede={finding.lede}>{finding.what}</Finding>
        <Failure />
        <FrontChart
          title={`Designs of ${space.name}: ${drawn.y.title} against ${drawn.x.title}`}
          {...{ drawn }}
          pickedId={design.id}
          inForceId={inForce?.id ?? null}
          onPick={setPicked}
          onApply={(id) => {
            const next = designOf(space, id);
            if (next) void apply(next);
          }}
        />
        <div className={css['under']}>
          <FrontLegend marks={drawn.marks} />
          <Choice
            label="To the right"
            options={AXES}
            value={across}
            onChange={(next) => look({ across: next })}
          />
        </div>
      </div>
      <div className={css['actions']}>
        <ModelPicker />
        <button disabled={busy} onClick={() => void exploreAndShow(playground)}>
          {space.verified < front.length ? 'Explore to the end' : 'Explore again'}
        </button>
      </div>
      <div className={css['design']}>
        <DesignCard
          {...{ space, design, busy }}
          before={designOf(space, beforeId)}
          reason={picked ? 'picked by hand' : wished ? 'chosen by the wishes' : 'the nearest to the wishes'}
          isInForce={design.id === inForce?.id}
          onApply={(next) => void apply(next)}
        />
      </div>
      <div className={css['wishes']}>
        <Wishes
          wish={shownWish}
          goal={goal}
          near={near && { ...near, breaks: near.breaks.map((each) => scaledBreak(each, scale)) }}
          onWish={(next) => look({ wish: next, pickedId: null })}
          onGoal={(next) => look({ goal: next, pickedId: null })}
        />
      </div>
      <div className={css['table']}>
        <FrontTable
          {...{ space, front }}
          pickedId={design.id}
          inForceId={inForce?.id ?? null}
          onPick={setPicked}
        />
        <p className={css['source']}>{accuracySource(space)}</p>
      </div>
    </div>
  );
}
