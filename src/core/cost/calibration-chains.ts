/**
 * @file The fixed networks that a calibration times, layer by layer, as lists of their layers. Each is a chain: every layer reads
 * what the one before has just written, and its weights have left the nearest cache since the last run – as in a network that
 * is used, and unlike a single operator that runs over and over. None is a published network; together they span the sizes
 * that vision models for 28² … 224² consist of. Their length is that of the lists.
 */

/** One layer of a chain. */
export type Step =
  /**
   * Full, or with `to: 'depthwise'` one kernel a channel; padded so that only the stride makes it smaller. `linear` has no
   * activation.
   */
  | readonly [kind: 'conv' | 'linear', kernel: number, to: number | 'depthwise', stride?: number]
  /** Adds what the layer before read; that one must not change the shape. */
  | readonly [kind: 'add']
  /** Joins the channels of what the layer before read and made. */
  | readonly [kind: 'concat']
  | readonly [kind: 'max' | 'average', kernel: number, stride: number]
  | readonly [kind: 'global']
  | readonly [kind: 'dense', to: number]
  | readonly [kind: 'softmax' | 'scale' | 'relu'];

export interface Chain {
  readonly name: string;
  /** Channels and side of the square picture. */
  readonly channels: number;
  readonly side: number;
  readonly activation: 'Relu' | 'Clip';
  readonly steps: readonly Step[];
}

/**
 * The smallest first: it tells whether a processor has time for the others, and has by itself enough of the kernels that every
 * network consists of.
 */
export const CHAINS: readonly Chain[] = [
  {
    name: 'tiny',
    channels: 1,
    side: 28,
    activation: 'Relu',
    steps: [
      ['conv', 5, 4],
      ['max', 2, 2],
      ['conv', 3, 8],
      ['conv', 1, 8],
      ['linear', 1, 8],
      ['add'],
      ['average', 2, 2],
      ['conv', 3, 'depthwise'],
      ['conv', 1, 12],
      ['scale'],
      ['conv', 5, 12],
      ['scale'],
      ['max', 2, 2],
      ['global'],
      ['dense', 24],
      ['dense', 10],
      ['softmax'],
    ],
  },
  {
    name: 'thumbnails',
    channels: 3,
    side: 32,
    activation: 'Relu',
    steps: [
      ['conv', 3, 20],
      ['conv', 3, 'depthwise'],
      ['conv', 1, 28],
      ['conv', 3, 'depthwise', 2],
      ['conv', 1, 40],
      ['linear', 1, 40],
      ['add'],
      ['conv', 5, 'depthwise'],
      ['conv', 1, 56],
      ['conv', 3, 'depthwise'],
      ['max', 2, 2],
      ['conv', 1, 80],
      ['conv', 3, 'depthwise'],
      ['conv', 3, 32],
      ['conv', 5, 20],
      ['dense', 36],
      ['dense', 100],
      ['softmax'],
    ],
  },
  {
    name: 'digits',
    channels: 1,
    side: 28,
    activation: 'Relu',
    steps: [
      ['conv', 3, 8],
      ['conv', 5, 12],
      ['max', 2, 2],
      ['conv', 3, 32],
      ['linear', 1, 16],
      ['conv', 3, 'depthwise'],
      ['add'],
      ['conv', 5, 'depthwise'],
      ['linear', 3, 16],
      ['add'],
      ['conv', 5, 24],
      ['concat'],
      ['average', 2, 2],
      ['conv', 3, 64],
      ['conv', 1, 64],
      ['linear', 1, 64],
      ['add'],
      ['conv', 3, 'depthwise'],
      ['conv', 3, 48, 2],
      ['conv', 1, 96],
      ['conv', 3, 'depthwise'],
      ['scale'],
      ['dense', 120],
      ['dense', 10],
      ['softmax'],
    ],
  },
  {
    name: 'small pictures',
    channels: 3,
    side: 64,
    activation: 'Relu',
    steps: [
      ['conv', 3, 56, 2],
      ['conv', 3, 48],
      ['linear', 1, 48],
      ['add'],
      ['conv', 3, 'depthwise'],
      ['conv', 1, 24],
      ['concat'],
      ['conv', 5, 32, 2],
      ['conv', 3, 64],
      ['linear', 3, 64],
      ['add'],
      ['conv', 1, 128],
      ['conv', 5, 'depthwise'],
      ['conv', 3, 'depthwise', 2],
      ['conv', 1, 96],
      ['conv', 3, 160],
      ['conv', 1, 192],
      ['max', 3, 2],
      ['conv', 3, 256],
      ['conv', 3, 224],
      ['conv', 1, 320],
      ['global'],
      ['dense', 200],
      ['softmax'],
    ],
  },
  {
    name: 'depthwise',
    channels: 3,
    side: 224,
    activation: 'Clip',
    steps: [
      ['conv', 3, 24, 2],
      ['conv', 3, 'depthwise'],
      ['linear', 1, 12],
      ['conv', 1, 80],
      ['conv', 3, 'depthwise', 2],
      ['linear', 1, 28],
      ['conv', 1, 160],
      ['conv', 5, 'depthwise'],
      ['conv', 3, 'depthwise'],
      ['add'],
      ['linear', 1, 36],
      ['conv', 1, 200],
      ['conv', 5, 'depthwise', 2],
      ['linear', 1, 48],
      ['conv', 1, 288],
      ['conv', 3, 'depthwise'],
      ['scale'],
      ['conv', 3, 'depthwise', 2],
      ['linear', 1, 72],
      ['conv', 1, 260],
      ['conv', 5, 'depthwise'],
      ['concat'],
      ['conv', 5, 'depthwise'],
      ['add'],
      ['linear', 1, 104],
      ['linear', 1, 104],
      ['add'],
      ['conv', 1, 560],
      ['conv', 5, 'depthwise', 2],
      ['linear', 1, 208],
      ['conv', 1, 1024],
      ['conv', 3, 'depthwise'],
      ['linear', 1, 256],
      ['conv', 1, 1344],
      ['global'],
      ['dense', 1000],
      ['softmax'],
    ],
  },
  {
    name: 'dense',
    channels: 3,
    side: 224,
    activation: 'Relu',
    steps: [
      ['conv', 7, 32, 2],
      ['max', 3, 2],
      ['conv', 3, 48],
      ['linear', 3, 48],
      ['add'],
      ['relu'],
      ['conv', 3, 96, 2],
      ['linear', 3, 96],
      ['add'],
      ['linear', 1, 160, 2],
      ['conv', 3, 160],
      ['conv', 5, 48],
      ['concat'],
      ['conv', 3, 192],
      ['conv', 3, 320, 2],
      ['linear', 3, 320],
      ['add'],
      ['conv', 3, 448],
      ['average', 3, 1],
      ['conv', 1, 768],
      ['global'],
      ['dense', 1000],
      ['softmax'],
    ],
  },
];
