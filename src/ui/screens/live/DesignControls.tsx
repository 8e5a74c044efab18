/** @file Accuracy against throughput while live runs: a slider along the front, and a frame rate to be held. */
import { usePlaygroundState } from '../../playground-context.ts';
import { useDesignSpace } from '../../use-design-space.ts';
import css from './DesignControls.module.css';
import { DesignSlider } from './DesignSlider.tsx';
import { HoldRate } from './HoldRate.tsx';

/** Nothing where the model has no designs to choose among. */
export function DesignControls() {
  const space = useDesignSpace();
  const isElastic = usePlaygroundState(({ model }) => model?.published.elastic !== undefined);
  if (!isElastic) return null;
  return space ? (
    <div className={css['controls']}>
      <DesignSlider space={space} />
      <HoldRate />
    </div>
  ) : (
    <p className={css['none']}>
      To trade accuracy for frames/s here, or hold a frame rate, explore this device’s designs in{' '}
      <a href="#codesign">Co-design</a>.
    </p>
  );
}
