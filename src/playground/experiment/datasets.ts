/** @file The data sets of the paper's experiment (arXiv 2411.00838), and the model of ours that stands for each. */
export const DATASET_IDS = ['mnist', 'tiny-imagenet', 'imagenet'] as const;
export type DatasetId = (typeof DATASET_IDS)[number];

export interface Dataset {
  readonly id: DatasetId;
  readonly name: string;
  /** Id of the shipped model whose default configuration is the full one. */
  readonly model: string;
  /** Throughput that the paper reports to gain over its baseline, as a fraction; null where it reports none. */
  readonly paperGain: number | null;
}

export const DATASETS: Readonly<Record<DatasetId, Dataset>> = {
  mnist: { id: 'mnist', name: 'MNIST', model: 'rep-digits', paperGain: 0.1205 },
  'tiny-imagenet': { id: 'tiny-imagenet', name: 'Tiny-ImageNet', model: 'rep-tiny', paperGain: null },
  imagenet: { id: 'imagenet', name: 'ImageNet-1k', model: 'efficientnet-lite0', paperGain: 0.1883 },
};

/** The data set whose experiment a shipped model belongs to; null for any other. */
export const datasetOf = (model: string): Dataset | null =>
  Object.values(DATASETS).find((dataset) => dataset.model === model) ?? null;
