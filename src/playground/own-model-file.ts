/** @file A visitor's own model file, and what is known of one that is kept or that waits for an answer. */
import type { FreeDimension } from '../core/graph/model.ts';
import type { Bindings } from '../core/onnx/parse.ts';

/** An own file, and what the visitor said of it. */
export interface OwnModelFile {
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly dimensions: Bindings;
  /** Null where classes are only numbered. */
  readonly labels: readonly string[] | null;
}

export interface RecentModel {
  readonly name: string;
  readonly bytes: number;
  /** When it was last opened, in ms since 1970. */
  readonly at: number;
}

/** A file that cannot be opened before its open dimensions have sizes. */
export interface OpenFile {
  readonly file: OwnModelFile;
  readonly dimensions: readonly FreeDimension[];
}
