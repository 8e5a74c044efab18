/** @file How right a configuration is, in as few words as are true. */
import type { Elastic } from '../core/elastic/elastic.ts';
import { configurationOf } from '../core/elastic/elastic.ts';
import { percent } from './number-format.ts';

/**
 * Top-1 on images the network had not seen; of training images only what is left of the default configuration's figure,
 * since the figure itself says nothing of new pictures.
 */
export function accuracyText(elastic: Elastic, top1: number): string {
  if (!isOfTrainingImages(elastic)) return `${percent(top1, 1)} top-1`;
  const whole = configurationOf(elastic, elastic.default)?.top1 ?? top1;
  return `keeps ${percent(top1 / whole)}`;
}

export const isOfTrainingImages = ({ accuracy }: Elastic): boolean => accuracy.split === 'train';
