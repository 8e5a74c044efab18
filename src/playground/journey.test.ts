import { beforeEach, describe, expect, it, vi } from 'vitest';
import { tinyLoadedModel } from '../fixtures/loaded-model.ts';
import { DEVICE } from '../fixtures/profile.ts';
import type { AppError } from '../core/errors.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { FrameSource } from '../platform/frame-source.ts';
import {
  compareEngines,
  measureAndShow,
  show,
  switchEngine,
  switchModel,
  switchObjective,
} from './journey.ts';
import type { LiveController } from './live-controller.ts';
import { CAMERA, openSource, type SourceChoice } from './live-sources.ts';
import type { PlanReport } from './plan-report.ts';
import type { Playground } from './playground.ts';
import { createPlaygroundStore, LIVE_OFF, type LoadedModel, type PlaygroundState } from './state.ts';

vi.mock('./live-sources.ts', async (original) => ({
  ...(await original<typeof import('./live-sources.ts')>()),
  openSource: vi.fn<typeof openSource>(),
}));

const DENIED: AppError = { code: 'camera-unavailable', reason: 'denied' };
const CLIP: SourceChoice = { kind: 'clip' };
const PAD: SourceChoice = { kind: 'pad' };
/** Only whether there is one is looked at. */
const PLAN = { model: 'tiny' } as PlanReport;
const SEEING = tinyLoadedModel('seeing');
const WRITING = tinyLoadedModel('writing', 'light-on-dark');

type Verbs = Pick<
  Playground,
  'store' | 'state' | 'report' | 'dismissNotice' | 'measureAndPlan' | 'plan' | 'compareEngines'
> & {
  readonly live: Pick<LiveController, 'start'>;
};

let opened: SourceChoice[] = [];
let cameraError: AppError | null = null;
beforeEach(() => {
  opened = [];
  cameraError = null;
  vi.mocked(openSource).mockImplementation((choice) => {
    opened.push(choice);
    const source = { kind: choice.kind } as FrameSource;
    return Promise.resolve(choice.kind === 'camera' && cameraError ? err(cameraError) : ok(source));
  });
});

/** The playground's part in a journey: its store, and verbs that stop live as the real ones do and end as they are told. */
function playgroundWith(
  state: Partial<PlaygroundState>,
  planning: Result<PlanReport> = ok(PLAN),
): { readonly playground: Playground; readonly calls: string[] } {
  const store = createPlaygroundStore();
  store.setState(state);
  const calls: string[] = [];
  const plan = (call: string): Promise<Result<PlanReport>> => {
    calls.push(call);
    store.setState({ live: LIVE_OFF });
    if (planning.ok) store.setState({ plan: planning.value });
    return Promise.resolve(planning);
  };
  const verbs: Verbs = {
    store,
    get state() {
      return store.getState();
    },
    report: (error) => store.setState({ notice: error }),
    dismissNotice: () => store.setState({ notice: null }),
    measureAndPlan: (modelId) => plan(`measureAndPlan ${modelId}`),
    plan: ({ objective, engine }) => plan(`plan ${objective ?? engine ?? 'as before'}`),
    compareEngines: () => {
      calls.push('compareEngines');
      store.setState({ live: LIVE_OFF });
      return Promise.resolve(ok([]));
    },
    live: {
      start: async (open) => {
        const source = await open();
        if (source.ok) store.setState({ live: { ...LIVE_OFF, status: 'on', source: source.value.kind } });
        else store.setState({ live: LIVE_OFF, notice: source.error });
        return source.ok ? ok(null) : source;
      },
    },
  };
  // The class has private parts, which nothing but itself can have; a journey uses these verbs alone.
  return { playground: verbs as Playground, calls };
}

const live = (source: FrameSource['kind']) => ({ ...LIVE_OFF, status: 'on', source }) as const;

describe('show', () => {
  it('runs on the chosen source, answers the notice, and remembers the choice', async () => {
    const { playground } = playgroundWith({ model: SEEING, notice: DENIED });
    expect(await show(playground, CLIP)).toEqual(ok(null));
    expect(playground.state).toMatchObject({ notice: null, lastSource: CLIP, live: { source: 'clip' } });
  });
  it('that fails says why, and neither remembers the choice nor puts another in its place', async () => {
    cameraError = DENIED;
    const { playground } = playgroundWith({ model: SEEING, lastSource: CLIP });
    expect(await show(playground, CAMERA)).toEqual(err(DENIED));
    expect(playground.state).toMatchObject({ notice: DENIED, lastSource: CLIP, live: { status: 'off' } });
    expect(opened).toEqual([CAMERA]);
  });
});

describe('show, of a file', () => {
  const file = new File(['junk'], 'junk.png');
  it('that cannot be read ends nothing that runs', async () => {
    const invalid = err({ code: 'image-invalid', name: 'junk.png' } as const);
    vi.mocked(openSource).mockResolvedValue(invalid);
    const { playground } = playgroundWith({ model: SEEING, live: live('clip'), lastSource: CLIP });
    expect(await show(playground, { kind: 'image', file })).toEqual(invalid);
    expect(playground.state).toMatchObject({
      notice: invalid.error,
      lastSource: CLIP,
      live: { source: 'clip' },
    });
  });
  it('that can be read is let go again where live cannot start', async () => {
    const stop = vi.fn();
    vi.mocked(openSource).mockResolvedValue(ok({ kind: 'image', stop } as unknown as FrameSource));
    const { playground } = playgroundWith({ model: SEEING });
    const busy = err({ code: 'busy', doing: 'planning' } as const);
    vi.spyOn(playground.live, 'start').mockResolvedValue(busy);
    expect(await show(playground, { kind: 'image', file })).toEqual(busy);
    expect(stop).toHaveBeenCalledOnce();
    expect(playground.state.lastSource).toBeNull();
  });
});

describe('measureAndShow', () => {
  it.each([
    ['the camera', SEEING, CAMERA],
    ['the digit pad', WRITING, PAD],
  ])('ends in a live view of %s where the model is made for it', async (_, model, source) => {
    const { playground, calls } = playgroundWith({ model });
    await measureAndShow(playground, 'tiny');
    expect(calls).toEqual(['measureAndPlan tiny']);
    expect(opened).toEqual([source]);
    expect(playground.state).toMatchObject({ live: { status: 'on' }, lastSource: source, plan: PLAN });
  });
  it.each([
    ['that suits the model: with it', SEEING, CLIP, CLIP],
    ['that is the pad, for a model of photos: with the camera', SEEING, PAD, CAMERA],
    ['that is a photo, for a model of handwriting: with the pad', WRITING, CLIP, PAD],
  ])('goes on after a source %s', async (_, model, lastSource, source) => {
    const { playground } = playgroundWith({ model, lastSource });
    await measureAndShow(playground, 'tiny');
    expect(opened).toEqual([source]);
  });
  it('without a camera plays the sample clip, and keeps saying why', async () => {
    cameraError = DENIED;
    const { playground } = playgroundWith({ model: SEEING });
    await measureAndShow(playground, 'tiny');
    expect(opened).toEqual([CAMERA, CLIP]);
    expect(playground.state).toMatchObject({ notice: DENIED, lastSource: CLIP, live: { source: 'clip' } });
  });
  it('shows no clip where something else is wrong', async () => {
    cameraError = { code: 'cancelled' };
    const { playground } = playgroundWith({ model: SEEING });
    await measureAndShow(playground, 'tiny');
    expect(opened).toEqual([CAMERA]);
    expect(playground.state.live.status).toBe('off');
  });
  it('that is cancelled while live was on goes on with what was shown', async () => {
    const { playground } = playgroundWith(
      { model: SEEING, plan: PLAN, live: live('clip'), lastSource: CLIP },
      err({ code: 'cancelled' }),
    );
    await measureAndShow(playground, 'tiny');
    expect(opened).toEqual([CLIP]);
    expect(playground.state).toMatchObject({ plan: PLAN, live: { status: 'on' } });
  });
  it('that is cancelled shows nothing', async () => {
    const { playground } = playgroundWith({ model: SEEING }, err({ code: 'cancelled' }));
    await measureAndShow(playground, 'tiny');
    expect(opened).toEqual([]);
  });
});

describe('switchModel', () => {
  /** Stops live and puts `model` in, as loading does; a failure may come before or after live was stopped. */
  const loading =
    (playground: Playground, outcome: Result<LoadedModel>, stopsLive = true) =>
    (): Promise<Result<LoadedModel>> => {
      if (stopsLive) playground.store.setState({ live: LIVE_OFF });
      if (outcome.ok) playground.store.setState({ model: outcome.value, plan: null });
      return Promise.resolve(outcome);
    };
  const running = { model: SEEING, profile: DEVICE, plan: PLAN, live: live('clip'), lastSource: CLIP };

  it('plans and goes on with what was looked at', async () => {
    const { playground, calls } = playgroundWith(running);
    const other = tinyLoadedModel('other');
    expect(await switchModel(playground, loading(playground, ok(other)))).toEqual(ok(null));
    expect(calls).toEqual(['plan as before']);
    expect(opened).toEqual([CLIP]);
    expect(playground.state).toMatchObject({ model: { manifest: { id: 'other' } }, plan: PLAN });
  });
  it('to handwriting turns to the pad', async () => {
    const { playground } = playgroundWith(running);
    await switchModel(playground, loading(playground, ok(WRITING)));
    expect(opened).toEqual([PAD]);
  });
  it('before the device is measured plans nothing', async () => {
    const { playground, calls } = playgroundWith({ ...running, profile: null, plan: null });
    expect(await switchModel(playground, loading(playground, ok(WRITING)))).toEqual(ok(null));
    expect(calls).toEqual([]);
    expect(opened).toEqual([PAD]);
  });
  it('while live is off leaves it off', async () => {
    const { playground, calls } = playgroundWith({ ...running, live: LIVE_OFF });
    await switchModel(playground, loading(playground, ok(WRITING)));
    expect(calls).toEqual(['plan as before']);
    expect(opened).toEqual([]);
  });
  it.each([
    ['goes on with the old one where live was stopped for it', true, [CLIP]],
    ['does not touch a live view that was never stopped', false, []],
  ])('that fails %s', async (_, stopsLive, sources) => {
    const { playground, calls } = playgroundWith(running);
    const failed = err({ code: 'model-invalid', detail: 'cut off' } as const);
    expect(await switchModel(playground, loading(playground, failed, stopsLive))).toEqual(failed);
    expect(calls).toEqual([]);
    expect(opened).toEqual(sources);
    expect(playground.state).toMatchObject({ model: SEEING, live: { status: 'on' } });
  });
  it('whose planning fails still shows the new model, without a plan', async () => {
    const cancelled = err({ code: 'cancelled' } as const);
    const { playground } = playgroundWith(running, cancelled);
    expect(await switchModel(playground, loading(playground, ok(tinyLoadedModel('other'))))).toEqual(
      cancelled,
    );
    expect(opened).toEqual([CLIP]);
    expect(playground.state).toMatchObject({ plan: null, live: { status: 'on' } });
  });
});

describe('switchObjective', () => {
  const running = { model: SEEING, profile: DEVICE, plan: PLAN, live: live('clip'), lastSource: CLIP };

  it('plans for it, and live goes on', async () => {
    const { playground, calls } = playgroundWith(running);
    expect(await switchObjective(playground, 'snappiest')).toEqual(ok(null));
    expect(calls).toEqual(['plan snappiest']);
    expect(opened).toEqual([CLIP]);
  });
  it('that fails lets live go on with the old plan', async () => {
    const cancelled = err({ code: 'cancelled' } as const);
    const { playground } = playgroundWith(running, cancelled);
    expect(await switchObjective(playground, 'smooth')).toEqual(cancelled);
    expect(opened).toEqual([CLIP]);
    expect(playground.state).toMatchObject({ plan: PLAN, live: { status: 'on' } });
  });
  it('while live is off leaves it off', async () => {
    const { playground } = playgroundWith({ ...running, live: LIVE_OFF });
    await switchObjective(playground, 'smooth');
    expect(opened).toEqual([]);
  });
});

describe('engines', () => {
  const running = { model: SEEING, profile: DEVICE, plan: PLAN, live: live('clip'), lastSource: CLIP };

  it('another one plans anew, and live goes on', async () => {
    const { playground, calls } = playgroundWith(running);
    expect(await switchEngine(playground, 'ort')).toEqual(ok(null));
    expect(calls).toEqual(['plan ort']);
    expect(opened).toEqual([CLIP]);
  });
  it('are compared, and live goes on with the same plan', async () => {
    const { playground, calls } = playgroundWith(running);
    await compareEngines(playground);
    expect(calls).toEqual(['compareEngines']);
    expect(opened).toEqual([CLIP]);
    expect(playground.state.plan).toBe(PLAN);
  });
});
