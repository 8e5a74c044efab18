/** @file A segment's ONNX bytes as our own engine would run them, or what keeps it from that. */
import { foldConstants } from '../core/graph/fold-constants.ts';
import { inferShapes } from '../core/graph/infer-shapes.ts';
import { parseModel } from '../core/onnx/parse.ts';
import { err, ok, type Result } from '../core/result.ts';
import { lower, type Obstacle } from '../engine/lower.ts';
import type { Program } from '../engine/program.ts';

export interface Lowered {
  readonly program: Program;
  /** As the model says it. */
  readonly inputShape: readonly number[];
}

/** Whether a segment can be lowered is asked before it is loaded: it is done once for both. */
const known = new WeakMap<Uint8Array, Result<Lowered, Obstacle>>();

/** `bytes` must not change afterwards. */
export function lowerBytes(bytes: Uint8Array): Result<Lowered, Obstacle> {
  const before = known.get(bytes);
  if (before) return before;
  const lowered = lowerAnew(bytes);
  known.set(bytes, lowered);
  return lowered;
}

/** The same for who loads it: what it keeps of the bytes' weights is not kept here as well, for as long as the bytes are. */
export function takeLowered(bytes: Uint8Array): Result<Lowered, Obstacle> {
  const lowered = lowerBytes(bytes);
  known.delete(bytes);
  return lowered;
}

function lowerAnew(bytes: Uint8Array): Result<Lowered, Obstacle> {
  const parsed = parseModel(bytes);
  if (!parsed.ok) return err({ node: '', detail: 'it cannot be read' });
  const { graph } = foldConstants(parsed.value);
  const values = inferShapes(graph);
  if (!values.ok) return err({ node: values.error.node, detail: values.error.detail });
  const program = lower(graph, values.value);
  return program.ok ? ok({ program: program.value, inputShape: graph.inputs[0]?.shape ?? [] }) : program;
}
