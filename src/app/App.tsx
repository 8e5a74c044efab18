/** @file The shell: brand, screens, the one button, notices; below it the screen that the hash names. */
import { BrainCircuit, Camera, ChartSpline, GitCompareArrows, Moon, Scale, Split, Sun } from 'lucide-react';
import type { ComponentType } from 'react';
import { Notice } from '../ui/components/Notice.tsx';
import { Progress } from '../ui/components/Progress.tsx';
import { usePlayground, usePlaygroundState, useRunningTask } from '../ui/playground-context.ts';
import { CodesignScreen } from '../ui/screens/codesign/CodesignScreen.tsx';
import { CompareScreen } from '../ui/screens/compare/CompareScreen.tsx';
import { LiveScreen } from '../ui/screens/live/LiveScreen.tsx';
import { ModelScreen } from '../ui/screens/model/ModelScreen.tsx';
import { PartitionScreen } from '../ui/screens/partition/PartitionScreen.tsx';
import { RooflineScreen } from '../ui/screens/roofline/RooflineScreen.tsx';
import css from './App.module.css';
import { DeviceChip } from './DeviceChip.tsx';
import { ErrorBoundary } from './ErrorBoundary.tsx';
import { MeasureButton } from './MeasureButton.tsx';
import { ROUTES, useRoute, type Route } from './routes.ts';
import { toggleTheme, useTheme } from './theme.ts';

interface ScreenEntry {
  readonly name: string;
  readonly icon: typeof Camera;
  readonly Screen: ComponentType;
}

const SCREENS: Readonly<Record<Route, ScreenEntry>> = {
  live: { name: 'Live', icon: Camera, Screen: LiveScreen },
  model: { name: 'Model', icon: BrainCircuit, Screen: ModelScreen },
  roofline: { name: 'Roofline', icon: ChartSpline, Screen: RooflineScreen },
  partition: { name: 'Partition', icon: Split, Screen: PartitionScreen },
  codesign: { name: 'Co-design', icon: Scale, Screen: CodesignScreen },
  compare: { name: 'Compare', icon: GitCompareArrows, Screen: CompareScreen },
};

export function App() {
  const playground = usePlayground();
  const route = useRoute();
  const task = useRunningTask();
  const notice = usePlaygroundState((state) => state.notice);
  const { Screen } = SCREENS[route];
  return (
    <div className={css['app']}>
      <header className={css['top']}>
        <a className={css['brand']} href="#live">
          <Mark /> Ridgepoint
        </a>
        <Navigation route={route} />
        <DeviceChip />
        <ThemeButton />
        <MeasureButton />
      </header>
      {task && (
        <div className={css['task']}>
          <Progress task={task} onCancel={() => playground.cancel()} />
        </div>
      )}
      {notice && <Notice error={notice} onDismiss={() => playground.dismissNotice()} />}
      <main className={css['main']}>
        <ErrorBoundary key={route}>
          <Screen />
        </ErrorBoundary>
      </main>
    </div>
  );
}

/** The screens: a row in the header on a wide page, a bar at the thumb on a phone. */
function Navigation({ route }: { readonly route: Route }) {
  return (
    <nav className={css['nav']} aria-label="Screens">
      {ROUTES.map((id) => {
        const { name, icon: Icon } = SCREENS[id];
        return (
          <a key={id} href={`#${id}`} aria-current={id === route ? 'page' : undefined}>
            <Icon size={20} aria-hidden />
            {name}
          </a>
        );
      })}
    </nav>
  );
}

function ThemeButton() {
  const theme = useTheme();
  const Icon = theme === 'dark' ? Sun : Moon;
  return (
    <button
      className={css['theme']}
      onClick={toggleTheme}
      aria-label={theme === 'dark' ? 'Light theme' : 'Dark theme'}
    >
      <Icon size={18} aria-hidden />
    </button>
  );
}

/** A roofline and its ridge point. */
function Mark() {
  return (
    <svg viewBox="0 0 24 20" width="26" height="22" aria-hidden className={css['mark']}>
      <path d="M3 17 L11 6 H21" />
      <circle cx="11" cy="6" r="2.6" />
    </svg>
  );
}
