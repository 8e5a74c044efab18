/** @file The models that ship, as the picker lists them, and which of them are sizes of one family. */

export interface ModelEntry {
  readonly id: string;
  readonly name: string;
}

export const SHIPPED_MODELS: readonly ModelEntry[] = [
  { id: 'efficientnet-lite0', name: 'EfficientNet-Lite0' },
  { id: 'efficientnet-lite1', name: 'EfficientNet-Lite1' },
  { id: 'efficientnet-lite2', name: 'EfficientNet-Lite2' },
  { id: 'rep-tiny', name: 'Rep-Tiny' },
  { id: 'rep-digits', name: 'Rep-Digits' },
];

export interface FamilyEntry {
  readonly id: string;
  /** What it is called among the others. */
  readonly label: string;
  /** Of its weights; what a visitor has to download. */
  readonly bytes: number;
}

/** Models of one kind and different sizes, of which accuracies were measured on the same pictures. */
export interface ModelFamily {
  readonly name: string;
  /** The smallest first. */
  readonly models: readonly FamilyEntry[];
}

const FAMILIES: readonly ModelFamily[] = [
  {
    name: 'EfficientNet-Lite',
    models: [
      { id: 'efficientnet-lite0', label: 'Lite0', bytes: 9_599_883 },
      { id: 'efficientnet-lite1', label: 'Lite1', bytes: 11_212_257 },
      { id: 'efficientnet-lite2', label: 'Lite2', bytes: 12_589_633 },
    ],
  },
];

/** Null for a model that is alone: its configurations are all there is to choose from. */
export const familyOf = (model: string): ModelFamily | null =>
  FAMILIES.find(({ models }) => models.some(({ id }) => id === model)) ?? null;

/** What a model is called among those of its family; null where there are none. */
export const familyLabel = (model: string): string | null =>
  familyOf(model)?.models.find(({ id }) => id === model)?.label ?? null;
