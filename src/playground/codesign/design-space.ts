/** @file What exploring the designs of a model on this device found: the JSON of `ridgepoint codesign` and the Co-design screen. */
import type { Design } from '../../core/codesign/design.ts';
import type { ProcessorId } from '../../core/profile/profile.ts';

/** A configuration that designs deploy. */
export interface DesignConfiguration {
  readonly model: string;
  readonly id: string;
  /** Height and width of the input, pixels. */
  readonly side: number;
  /** By block, what it keeps (`3x3`, `1x1`, `skip`); empty where only the side differs. */
  readonly kinds: readonly string[];
  /** Top-1 and top-5, 0 … 1. */
  readonly top1: number;
  readonly top5: number;
  /** Of the deploy form. */
  readonly multiplyAdds: number;
  readonly parameters: number;
}

export interface DesignSpace {
  /** Of the family, as its readers know it. */
  readonly name: string;
  /** What the accuracies were measured on. */
  readonly accuracy: {
    readonly dataset: string;
    readonly split: string;
    readonly n: number;
    readonly source: string;
  };
  readonly configurations: readonly DesignConfiguration[];
  readonly processors: readonly ProcessorId[];
  /** Designs that were priced: every plan of every configuration. */
  readonly considered: number;
  /** Of each configuration the plans that no other plan of it beats by prediction, in no order. The front is among them. */
  readonly designs: readonly Design[];
  /** Ids of the designs that no other beats in accuracy, throughput and latency, by the best that is known; most accurate first. */
  readonly front: readonly string[];
  /** Seconds from the start to the first front. */
  readonly firstFrontSeconds: number;
  /** How many of the front ran: all of them once verifying is over. */
  readonly verified: number;
}
