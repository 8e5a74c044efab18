/** @file What makes a measured figure doubtful, in words: a short mark and what can be done about it. */
import type { MetricWarning } from './profile/profile.ts';

export interface WarningText {
  /** Two or three words beside the figure. */
  readonly mark: string;
  /** What happened, and what the visitor can do. */
  readonly remedy: string;
}

const TEXTS: Readonly<Record<MetricWarning, WarningText>> = {
  'high-dispersion': {
    mark: 'noisy',
    remedy: 'Its samples lie far apart. Close other tabs and programs, then measure again.',
  },
  thermal: {
    mark: 'slowed down',
    remedy: 'It fell while it was taken. Let the device cool, plug it in, then measure again.',
  },
  'coarse-clock': {
    mark: 'coarse clock',
    remedy:
      'This browser tells when the GPU is done only now and then; long batches make up for it, less exactly.',
  },
  'few-samples': {
    mark: 'few samples',
    remedy:
      'Time ran out before five were taken. Measure again with nothing else running, or take the full profile.',
  },
  'fallback-adapter': {
    mark: 'software GPU',
    remedy: 'The “GPU” is this CPU. Turn on hardware acceleration to measure a real one.',
  },
  'not-isolated': {
    mark: 'coarse clock',
    remedy:
      'The page is not cross-origin isolated, so its clock steps 0.1 ms. Serve it with COOP and COEP headers.',
  },
  'tab-hidden': {
    mark: 'tab was hidden',
    remedy: 'Measuring paused while this tab was hidden, and repeated what it was in. Keep the tab in front.',
  },
  'device-lost': {
    mark: 'GPU was lost',
    remedy: 'The GPU was lost on the way and opened again; this figure was taken after that.',
  },
  'smaller-size': {
    mark: 'smaller size',
    remedy:
      'Less memory was granted than asked for, so caches may hold part of it. Close other tabs, then measure again.',
  },
  'clocks-disagree': {
    mark: 'clocks disagree',
    remedy:
      'The GPU’s own timestamps differ by more than 10 %. Other work may have shared the GPU; measure again.',
  },
};

export const warningText = (warning: MetricWarning): WarningText => TEXTS[warning];
