/** @file Live: what does the camera see, and how fast? Before the first measurement it is the welcome. */
import { usePlaygroundState } from '../../playground-context.ts';
import { ConfigurationPicker } from '../../components/ConfigurationPicker.tsx';
import { ModelPicker } from '../../components/ModelPicker.tsx';
import { DesignControls } from './DesignControls.tsx';
import css from './LiveScreen.module.css';
import { LiveCharts } from './LiveCharts.tsx';
import { LiveFigures } from './LiveFigures.tsx';
import { PlanLine } from './PlanLine.tsx';
import { Sources } from './Sources.tsx';
import { Stage } from './Stage.tsx';
import { Welcome } from './Welcome.tsx';

export function LiveScreen() {
  const isNew = usePlaygroundState(({ profile, live }) => profile === null && live.status === 'off');
  if (isNew) return <Welcome />;
  return (
    <div className={css['live']}>
      <div className={css['view']}>
        <h1 className="visually-hidden">Live</h1>
        <Stage />
        <PlanLine />
        <DesignControls />
        <div className={css['controls']}>
          <Sources />
          <ModelPicker />
          <ConfigurationPicker />
        </div>
      </div>
      <div className={css['side']}>
        <LiveFigures />
        <LiveCharts />
      </div>
    </div>
  );
}
