/**
 * @file What the page knows, in one zustand vanilla store. Slices hold inputs and results of the use cases; everything else
 * is derived with core functions where it is drawn. Asynchronous work is a tagged union, never a pair of booleans.
 */
import { createStore } from 'zustand/vanilla';
import { NO_WISH, type Goal, type Wish } from '../core/codesign/constraints.ts';
import type { EnginePreference } from '../core/engine.ts';
import type { AppError } from '../core/errors.ts';
import type { Prediction } from '../core/image/classify.ts';
import type { LiveFigures } from '../core/live/meter.ts';
import type { Manifest } from '../core/manifest.ts';
import type { DeviceProfile, ProcessorId } from '../core/profile/profile.ts';
import type { Difference } from '../core/reparam/equivalence.ts';
import type { Objective } from '../core/planning/objective.ts';
import type { Capabilities } from '../platform/capabilities.ts';
import type { CameraDevice } from '../platform/video-source.ts';
import type { SourceKind } from '../platform/frame-source.ts';
import type { ModelDescription } from '../workers/model.api.ts';
import type { StageSpan } from '../workers/stage.api.ts';
import type { DesignSpace } from './codesign/design-space.ts';
import type { ExperimentReport } from './experiment/report.ts';
import type { OpenFile, OwnModelFile, RecentModel } from './own-model-file.ts';
import type { SustainSample } from './measure/sustain.ts';
import type { SourceChoice } from './live-sources.ts';
import type { PlanEntry, PlanReport } from './plan-report.ts';

export interface LoadedModel {
  /** As it was published, of all configurations. */
  readonly published: Manifest;
  /** Of the configuration it is composed in. */
  readonly manifest: Manifest;
  readonly labels: readonly string[];
  /** The visitor's own file; null for a model that ships. */
  readonly own: OwnModelFile | null;
  /** Id of the configuration it is composed in (`published.elastic` lists them); null where there is no choice. */
  readonly configuration: string | null;
  readonly description: ModelDescription;
  /** Both forms on the same inputs; null until they were compared. */
  readonly equivalence: Equivalence | null;
  /** How long each form takes on each processor; empty until they were timed. */
  readonly speeds: readonly FormSpeed[];
}

/** Median seconds a run of each form on one processor, of `n` runs in turn with the other form. */
export interface FormSpeed {
  readonly processor: ProcessorId;
  readonly multiBranch: number;
  readonly deploy: number;
  readonly n: number;
}

export interface Equivalence extends Difference {
  /** Inputs compared. */
  readonly n: number;
  readonly processor: ProcessorId;
  /** Median seconds a run of each form here. */
  readonly seconds: { readonly multiBranch: number; readonly deploy: number; readonly n: number };
}

/** Work that takes a while: what it is doing, and how far it is (0…1, null = unknown). */
export type Task =
  | { readonly status: 'idle' }
  | { readonly status: 'running'; readonly step: string; readonly progress: number | null }
  | { readonly status: 'failed'; readonly error: AppError };

export const IDLE: Task = { status: 'idle' };

/** What the plan promises on this source: its rate caps throughput, its pressure makes frames wait. */
export interface LivePrediction {
  readonly throughputFps: number;
  readonly latencyMs: number;
}

/** One point of the live charts, four a second. */
export interface LiveSample extends LiveFigures {
  /** Seconds since live started. */
  readonly at: number;
  readonly predicted: LivePrediction | null;
}

/** A frame's way through the stages, for the Gantt. */
export interface FrameTrace {
  readonly id: number;
  readonly spans: readonly StageSpan[];
}

/** Why another plan runs than the one that was chosen; processors by their places in the report. */
export type Detour =
  | { readonly reason: 'lost'; readonly processors: readonly number[] }
  | {
      readonly reason: 'slowed';
      readonly processor: number;
      /** Times what it took in the race. */
      readonly factor: number;
    };

/** The governor changed the design, to hold its target. */
export interface GovernorMove {
  /** Seconds since live started. */
  readonly at: number;
  /** Ids of designs. */
  readonly from: string;
  readonly to: string;
  readonly reason: 'too-slow' | 'room-again';
  /** Frames/s that were completed when it was decided, and what the running design could complete. */
  readonly fps: number;
  readonly capacityFps: number;
}

export interface GovernorState {
  readonly targetFps: number;
  /** Newest last. */
  readonly moves: readonly GovernorMove[];
}

export interface LiveState {
  readonly status: 'off' | 'starting' | 'on';
  readonly source: SourceKind | null;
  readonly sourceLabel: string;
  /** The plan that runs; null for the whole model on one WASM processor. */
  readonly plan: PlanEntry | null;
  /** Null while the chosen plan runs, and where there is none. */
  readonly detour: Detour | null;
  /** Whether figures rest, because nobody can see the page. */
  readonly isResting: boolean;
  readonly cameras: readonly CameraDevice[];
  readonly top: readonly Prediction[];
  readonly figures: LiveFigures | null;
  readonly history: readonly LiveSample[];
  readonly traces: readonly FrameTrace[];
  /** Null while nobody asked for a frame rate. */
  readonly governor: GovernorState | null;
}

export const LIVE_OFF: LiveState = {
  status: 'off',
  source: null,
  sourceLabel: '',
  plan: null,
  detour: null,
  isResting: false,
  cameras: [],
  top: [],
  figures: null,
  history: [],
  traces: [],
  governor: null,
};

/** Arithmetic of one processor over minutes. */
export interface Sustained {
  readonly processor: ProcessorId;
  readonly unit: 'GFLOP/s';
  readonly samples: readonly SustainSample[];
}

/** How the visitor looks at the explored designs; kept while they are on other screens. */
export interface DesignView {
  /** As it was typed: in the unit of accuracy that is shown. */
  readonly wish: Wish;
  readonly goal: Goal;
  /** What the chart has to the right. */
  readonly across: 'throughput' | 'latency';
  /** A design that was picked by hand rather than chosen by the wishes. */
  readonly pickedId: string | null;
  /** In force before the last one was applied. */
  readonly beforeId: string | null;
}

export const DESIGN_VIEW: DesignView = {
  wish: NO_WISH,
  goal: 'accuracy',
  across: 'throughput',
  pickedId: null,
  beforeId: null,
};

export interface PlaygroundState {
  readonly capabilities: Capabilities | null;
  readonly model: LoadedModel | null;
  readonly modelTask: Task;
  readonly timingTask: Task;
  /** A file that waits to be told how large its open dimensions shall be. */
  readonly openFile: OpenFile | null;
  /** The visitor's own models that are kept on this device, newest first. */
  readonly recentModels: readonly RecentModel[];
  readonly profile: DeviceProfile | null;
  readonly measureTask: Task;
  /** The last sustained run, growing while it runs. */
  readonly sustained: Sustained | null;
  readonly sustainTask: Task;
  readonly objective: Objective;
  /** What the visitor wants models to run on. */
  readonly engine: EnginePreference;
  readonly plan: PlanReport | null;
  readonly planTask: Task;
  readonly enginesTask: Task;
  /** Of the loaded model's family on this device. */
  readonly codesign: DesignSpace | null;
  readonly codesignTask: Task;
  readonly designView: DesignView;
  /** The last that ran to its end. */
  readonly experiment: ExperimentReport | null;
  readonly experimentTask: Task;
  readonly classifyTask: Task;
  readonly live: LiveState;
  /** What live looked at last, so that it goes on with it after a new plan or model. */
  readonly lastSource: SourceChoice | null;
  /** Profiles of other devices, for Compare. */
  readonly imported: readonly DeviceProfile[];
  /** The newest failure that the visitor has not dismissed. */
  readonly notice: AppError | null;
}

export const INITIAL_STATE: PlaygroundState = {
  capabilities: null,
  model: null,
  modelTask: IDLE,
  timingTask: IDLE,
  openFile: null,
  recentModels: [],
  profile: null,
  measureTask: IDLE,
  sustained: null,
  sustainTask: IDLE,
  objective: 'fastest',
  engine: 'auto',
  plan: null,
  planTask: IDLE,
  enginesTask: IDLE,
  codesign: null,
  codesignTask: IDLE,
  designView: DESIGN_VIEW,
  experiment: null,
  experimentTask: IDLE,
  classifyTask: IDLE,
  live: LIVE_OFF,
  lastSource: null,
  imported: [],
  notice: null,
};

export type Store = ReturnType<typeof createPlaygroundStore>;
export const createPlaygroundStore = () => createStore<PlaygroundState>(() => INITIAL_STATE);
