/** @file A visitor's own model file, and what is known of one that is kept or that waits for an answer. */
import type { FreeDimension } from '../core/graph/model.ts';
import type { Bindings } from '../core/onnx/parse-values.ts';

/** An own file, and what the visitor said of it. */
export interface OwnModelFile {
  readonly name: string;
  /** Its bytes stay out of the page's memory until they are read. */
  readonly file: Blob;
  /** Sizes for what it leaves open. */
  readonly dimensions: Bindings;
  /** Null where classes are only numbered. */
  readonly labels: readonly string[] | null;
}

/** What a list of kept files shows. */
export interface RecentModel {
  /** Tells files of one name apart. */
  readonly key: string;
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

/** Two files of one name and size are taken for the same: exports are all called model.onnx, but hardly weigh the same. */
export const keyOf = ({ name, file }: Pick<OwnModelFile, 'name' | 'file'>): string => `${name} ${file.size}`;
