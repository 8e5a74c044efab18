/** @file Measuring, as the playground does it: everything else stops, and what is found goes into the store. */
import { threadsOf, type DeviceProfile, type Effort, type ProcessorId } from '../../core/profile/profile.ts';
import type { Result } from '../../core/result.ts';
import type { Capabilities } from '../../platform/capabilities.ts';
import { CrashMarker } from '../../platform/crash-marker.ts';
import { checkProcessors, defaultProcessors, processorsTogether, type ProcessorPool } from '../processors.ts';
import type { Store } from '../state.ts';
import type { Work } from '../task-runner.ts';
import { measureDevice, type MeasureProgress } from './measure-device.ts';
import { sweepShapes, type TriedShape } from './sweep-shapes.ts';
import { sustain, SUSTAIN_SECONDS, type SustainSample } from './sustain.ts';

/** What it needs of the playground. */
interface Owner {
  readonly store: Store;
  readonly pool: ProcessorPool;
  readonly live: { readonly stop: () => Promise<unknown> };
  readonly capabilities: () => Promise<Capabilities>;
}

interface Wanted {
  readonly extra: readonly ProcessorId[];
  readonly effort: Effort;
  readonly only: readonly string[] | undefined;
}

/** Painting takes CPU from what is measured: a new step is shown twice a second at most, a pause and its end at once. */
const SHOW_MS = 500;

function throttled(show: Work['onProgress']): (progress: MeasureProgress) => void {
  let shownAt = -Infinity;
  return ({ step, progress, isUrgent }) => {
    const now = performance.now();
    if (now - shownAt < SHOW_MS && isUrgent !== true) return;
    shownAt = now;
    show(step, progress);
  };
}

export class Measurer {
  readonly marker = new CrashMarker();
  private readonly owner: Owner;

  constructor(owner: Owner) {
    this.owner = owner;
  }

  /** For the processors that plans use by default and `extra`. A profile of `only` some metrics is not put in force. */
  async measure(
    { extra, effort, only }: Wanted,
    { signal, onProgress }: Work,
  ): Promise<Result<DeviceProfile>> {
    const capabilities = await this.alone();
    const wasm = [...defaultProcessors(capabilities), ...extra].filter((id) => id !== 'webgpu');
    const profile = await measureDevice({
      capabilities,
      effort,
      threads: [...new Set([1, ...wasm.map(threadsOf)])].sort((a, b) => a - b),
      together: processorsTogether(capabilities, effort),
      signal,
      onProgress: throttled(onProgress),
      ports: {
        marker: this.marker,
        ...(only ? { only: ({ parts }) => parts.metrics.some(({ id }) => only.includes(id)) } : {}),
      },
    });
    if (profile.ok && !only) this.owner.store.setState({ profile: profile.value });
    return profile;
  }

  /** What was sampled before a cancel stays in the store. */
  async sustain(
    processor: ProcessorId,
    { signal, onProgress }: Work,
    seconds = SUSTAIN_SECONDS,
  ): Promise<Result<readonly SustainSample[]>> {
    const capabilities = await this.alone();
    const possible = checkProcessors([processor], capabilities);
    if (!possible.ok) return possible;
    const { store } = this.owner;
    const samples: SustainSample[] = [];
    store.setState({ sustained: { processor, unit: 'GFLOP/s', samples } });
    return sustain({
      capabilities,
      processor,
      seconds,
      signal,
      onSample: (sample) => {
        samples.push(sample);
        store.setState({ sustained: { processor, unit: 'GFLOP/s', samples: [...samples] } });
        onProgress(
          `Sustained on ${processor}, ${Math.round(sample.at)} of ${seconds} s`,
          Math.min(1, sample.at / seconds),
        );
      },
    });
  }

  async sweepShapes(
    { signal, onProgress }: Work,
    among: readonly string[] | null,
  ): Promise<Result<readonly TriedShape[]>> {
    const capabilities = await this.alone();
    const possible = checkProcessors(['webgpu'], capabilities);
    return possible.ok ? sweepShapes(capabilities, signal, onProgress, among) : possible;
  }

  /** Idle engines keep threads and memory that would share the caches with the kernels. */
  private async alone(): Promise<Capabilities> {
    await this.owner.live.stop();
    this.owner.pool.close();
    return this.owner.capabilities();
  }
}
