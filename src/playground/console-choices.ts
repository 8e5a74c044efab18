/** @file What the verbs of `window.ridgepoint` are asked, and the names in it brought into their types. */
import { ENGINE_PREFERENCES, type EnginePreference } from '../core/engine.ts';
import { OBJECTIVES, type Objective } from '../core/planning/objective.ts';
import { parseProcessorId, type Effort, type ProcessorId } from '../core/profile/profile.ts';
import { DATASET_IDS, type DatasetId } from './experiment/datasets.ts';
import { err, ok, type Result } from '../core/result.ts';

export interface ModelChoice {
  /** Id of a shipped model … */
  readonly model?: string;
  /** … or where an own ONNX file is. */
  readonly modelUrl?: string;
  /** Sizes of the dimensions that the own file leaves open, by their names. */
  readonly dimensions?: Readonly<Record<string, number>>;
  /** Of an elastic model: the configuration to compose. Without it, the one in force or the default. */
  readonly configuration?: string;
}

export interface PlanChoice extends ModelChoice {
  readonly processors?: readonly string[];
  readonly objective?: string;
  /** `auto`, `fused` (Ridgepoint’s own) or `ort`; what is in force if left out. */
  readonly engine?: string;
  /** A profile's JSON; without one the device is measured first. */
  readonly profile?: string;
  readonly predictOnly?: boolean;
  readonly all?: boolean;
  /** Races these plans alone, by their labels as `plan` gives them; `rounds` times. */
  readonly among?: readonly string[];
  readonly rounds?: number;
}

export interface ClassifyChoice extends ModelChoice {
  readonly images: readonly { readonly name: string; readonly url: string }[];
  readonly processors?: readonly string[];
  /** As of `PlanChoice`. */
  readonly engine?: string;
}

export interface ComposeChoice extends ModelChoice {
  /** How often each configuration is composed, 1…100; 20 if left out. */
  readonly runs?: number;
}

export interface CostsChoice extends ModelChoice {
  /** `wasm:1` if left out. */
  readonly processor?: string;
  /** Calibrates anew although the profile in force holds a calibration. */
  readonly recalibrate?: boolean;
}

export interface CodesignChoice extends ModelChoice {
  /** The front is predicted, and not run. */
  readonly predictOnly?: boolean;
}

export interface ExperimentChoice {
  /** `mnist`, `tiny-imagenet` or `imagenet`. */
  readonly dataset: string;
  /** 30 if left out. */
  readonly rounds?: number;
  /** Where the index of labelled images is, for their accuracy; without it the manifest's. */
  readonly images?: string;
}

export interface RooflineChoice {
  /** WASM thread counts to measure besides the usual ones, for instance `wasm:4`. */
  readonly processors?: readonly string[];
  /** `quick` if left out. */
  readonly effort?: Effort;
  /** Ids of the metrics that are wanted, for comparisons; all if left out. The page's own profile is left as it is then. */
  readonly only?: readonly string[];
}

export function processorsOf(
  names: readonly string[] | undefined,
): Result<readonly ProcessorId[] | undefined> {
  if (!names) return ok(undefined);
  const ids = names.map(parseProcessorId);
  const wrong = names.find((_, i) => ids[i] === null);
  return wrong === undefined
    ? ok(ids.flatMap((id) => id ?? []))
    : err({ code: 'processor-invalid', id: wrong });
}

export function datasetIdOf(name: string): Result<DatasetId> {
  const found = DATASET_IDS.find((dataset) => dataset === name);
  return found ? ok(found) : err({ code: 'dataset-unknown', name });
}

export function objectiveOf(name: string | undefined): Result<Objective | undefined> {
  const found = OBJECTIVES.find((objective) => objective === name);
  return name === undefined || found ? ok(found) : err({ code: 'objective-invalid', name });
}

export function engineOf(name: string | undefined): Result<EnginePreference | undefined> {
  const found = ENGINE_PREFERENCES.find((engine) => engine === name);
  return name === undefined || found ? ok(found) : err({ code: 'engine-invalid', name });
}
