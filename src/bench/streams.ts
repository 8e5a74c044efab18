/** @file The memory operations that are measured on either processor. */

/** STREAM's copy and triad, and their halves. */
export type StreamOperation = 'read' | 'write' | 'copy' | 'triad';

/** Arrays that an operation touches. */
export const STREAM_ARRAYS: Readonly<Record<StreamOperation, number>> = {
  read: 1,
  write: 1,
  copy: 2,
  triad: 3,
};
