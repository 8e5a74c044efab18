/** @file The model worker: parses, composes, fuses and splits ONNX models off the main thread. Holds one model, replaced only by a good one. */
import type { Diagram } from '../core/diagram/diagram.ts';
import type { Layout } from '../core/diagram/layout.ts';
import type { Elastic } from '../core/elastic/elastic.ts';
import type { FreeDimension } from '../core/graph/model.ts';
import type { Bindings } from '../core/onnx/parse-values.ts';
import type { FormDescription, FormId } from '../core/prepare-model.ts';
import type { Deletion, DeletionMode } from '../core/reparam/delete-branches.ts';
import type { FusionReport } from '../core/reparam/fuse.ts';
import type { Result } from '../core/result.ts';

export interface ModelDescription {
  readonly forms: Readonly<Record<FormId, FormDescription>>;
  readonly fusion: FusionReport;
  /** What a reader should know of the file. */
  readonly warnings: readonly string[];
  /** Dimensions that the file leaves open, and what they are here. */
  readonly freeDimensions: readonly FreeDimension[];
  /** Seconds to parse or compose, fuse and describe, in the worker. */
  readonly seconds: number;
}

/** What it takes to compose an elastic model's configurations. */
export interface ElasticSource {
  readonly elastic: Elastic;
  /** The statistics file; empty where the family has none. */
  readonly calibration: Uint8Array<ArrayBuffer>;
  /** The configuration to begin with. */
  readonly configuration: string;
}

export interface OpenOptions {
  /** Of an elastic model. */
  readonly elastic?: ElasticSource | undefined;
  /** Sizes for the dimensions that the file leaves open, by their names. */
  readonly bindings?: Bindings | undefined;
}

/** What composing one configuration takes and gives. */
export interface Composition {
  /** Of each run: choose, set statistics, fuse, describe, write ONNX. */
  readonly seconds: readonly number[];
  /** The deploy form as an ONNX file. */
  readonly onnx: Uint8Array<ArrayBuffer>;
}

export interface DeletedModel extends Pick<Deletion, 'blocks' | 'deleted'> {
  readonly description: ModelDescription;
}

export interface DrawOptions {
  /** Ids of the vertices that show their members. */
  readonly expanded: readonly string[];
  /** Width of a vertex where the diagram is one column; null where its stages stand side by side. */
  readonly chainWidth: number | null;
  /** Of the titles, as CSS has it. */
  readonly font: string;
}

export interface DrawnDiagram {
  readonly diagram: Diagram;
  readonly layout: Layout;
}

export interface ModelApi {
  /** Replaces the held model; on failure the one before stays. */
  open(bytes: Uint8Array, options?: OpenOptions): Promise<Result<ModelDescription>>;
  /** Another configuration of the held model; on failure the one before stays. */
  compose(configuration: string): Promise<Result<ModelDescription>>;
  /**
   * Deletes branches of the held model after training: it computes something else then, until it is composed or opened anew. On
   * failure it stays as it was.
   */
  deleteBranches(mode: DeletionMode): Promise<Result<DeletedModel>>;
  /** Reads, fuses and writes a file `runs` times, for the seconds of each; the held model stays. */
  timeFusion(bytes: Uint8Array, runs: number, bindings: Bindings): Promise<Result<readonly number[]>>;
  /** Composes a configuration `runs` times, for its time and its bytes; the held model stays. */
  tryComposition(configuration: string, runs: number): Promise<Result<Composition>>;
  /** The deploy form of a configuration; the held model stays. */
  describe(configuration: string): Promise<Result<FormDescription>>;
  /** Units `from`…`to` (inclusive) of the deploy form of a configuration as ONNX bytes; the held model stays. */
  segmentOf(configuration: string, from: number, to: number): Promise<Result<Uint8Array<ArrayBuffer>>>;
  /** A form as a block diagram, laid out. */
  draw(form: FormId, options: DrawOptions): Promise<Result<DrawnDiagram>>;
  /** Units `from`…`to` (inclusive) of a form as ONNX bytes. */
  segment(form: FormId, from: number, to: number): Promise<Result<Uint8Array<ArrayBuffer>>>;
}
