/** @file Designs of a space, and in words: what one is called, what it does, and what its accuracy was measured on. Pure. */
import type { Design } from '../core/codesign/design.ts';
import type { DesignConfiguration, DesignSpace } from '../playground/codesign/design-space.ts';
import { planText } from '../playground/plan-sentence.ts';
import { familyLabel } from '../playground/shipped-models.ts';
import { figure } from './number-format.ts';

/** A name with hyphens, after which no line may break. */
export const unbroken = (name: string): string => name.replaceAll('-', '-\u2060');

export const designOf = ({ designs }: DesignSpace, id: string | null): Design | null =>
  designs.find((design) => design.id === id) ?? null;

/** The front, most accurate first. */
export function frontDesigns({ front, designs }: DesignSpace): readonly Design[] {
  const byId = new Map(designs.map((design) => [design.id, design]));
  return front.flatMap((id) => byId.get(id) ?? []);
}

export const configurationOf = (
  { configurations }: DesignSpace,
  { model, configuration }: Pick<Design, 'model' | 'configuration'>,
): DesignConfiguration | null =>
  configurations.find((each) => each.model === model && each.id === configuration) ?? null;

/** Whether the accuracies are of images the network was trained on: then only what a design keeps of the best tells. */
export const isOfTrainingImages = ({ accuracy }: DesignSpace): boolean => accuracy.split === 'train';

/** What a top-1 of 1 counts as on this page: 1, or more where only the share of the best is told. */
export function accuracyScale(space: DesignSpace): number {
  const best = Math.max(...space.configurations.map(({ top1 }) => top1));
  return isOfTrainingImages(space) ? 1 / best : 1;
}

/** In percent, as the chart has it. */
export const shownAccuracy = (space: DesignSpace, accuracy: number): number =>
  100 * accuracy * accuracyScale(space);

/** `51.0 %`, or `keeps 96.1 %`. */
export function designAccuracy(space: DesignSpace, accuracy: number): string {
  const shown = `${shownAccuracy(space, accuracy).toFixed(1)} %`;
  return isOfTrainingImages(space) ? `keeps ${shown}` : shown;
}

/** What tells a design's model from the others of the space, `Lite1`; null where there is but one model. */
export function designModel(
  { configurations }: DesignSpace,
  { model }: Pick<Design, 'model'>,
): string | null {
  return configurations.some((each) => each.model !== model) ? (familyLabel(model) ?? model) : null;
}

/** `48 px · 51.0 %` or `Lite1 · 240 px · keeps 98.9 %`: short enough for a list. */
export function designName(space: DesignSpace, design: Design): string {
  const side = configurationOf(space, design)?.side;
  const input = side === undefined ? design.configuration : `${side} px`;
  const parts = [designModel(space, design), input, designAccuracy(space, design.accuracy)];
  return parts.filter((part) => part !== null).join(' · ');
}

/** `31.2 frames/s (n = 120; predicted 30.1)`, or `30.1 frames/s predicted`. */
function rate(measured: string | null, predicted: string, unit: string, n: number | undefined): string {
  return measured === null
    ? `${predicted} ${unit} predicted`
    : `${measured} ${unit} measured${n === undefined ? '' : `, n = ${n.toLocaleString('en-US')}`} (predicted ${predicted})`;
}

/** Everything that is known of it, after its name. */
export function designReading(space: DesignSpace, { plan, predicted, measured }: Design): string {
  const ms = (seconds: number): string => figure(1000 * seconds);
  const fps = rate(
    measured && figure(measured.throughputFps),
    figure(predicted.throughputFps),
    'frames/s',
    measured?.n,
  );
  const latency = rate(
    measured && ms(measured.latencySeconds),
    ms(predicted.latencySeconds),
    'ms a frame',
    undefined,
  );
  return `${fps}; ${latency}; ${planText(plan, space.processors)}.`;
}

/** What the accuracies were measured on, and by whom. */
export function accuracySource(space: DesignSpace): string {
  const { dataset, split, n, source } = space.accuracy;
  const table = `from the model’s table (${source}), not measured here.`;
  const count = n.toLocaleString('en-US');
  return isOfTrainingImages(space)
    ? `Accuracy is what is left of the best configuration’s top-1 on ${dataset} (n = ${count}), images the network was trained on; ${table}`
    : `Top-1 on ${count} ${dataset} ${split} images, ${table}`;
}
