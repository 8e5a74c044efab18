/**
 * @file What is in a model, as `ridgepoint inspect --json` and `window.ridgepoint.inspect` give it: the model as it was
 * trained, before fusion. Warnings: see model-warnings.
 */
import type { FormDescription } from './prepare-model.ts';

export interface InspectReport {
  /** Nodes of each operator. */
  readonly operators: Readonly<Record<string, number>>;
  readonly nodes: number;
  /** Of one frame; one multiply-add is two. */
  readonly flop: number;
  /** As they are held to run, in fp32. */
  readonly weightBytes: number;
  /** Of all layer outputs together. */
  readonly activationBytes: number;
  /** Runs of layers between cuts. */
  readonly units: number;
  readonly cuts: readonly {
    readonly id: string;
    readonly tensors: readonly string[];
    readonly bytes: number;
  }[];
  readonly warnings: readonly string[];
}

export function inspectReport(
  { operators, nodes, flop, weightBytes, activationBytes, units, cuts }: FormDescription,
  warnings: readonly string[],
): InspectReport {
  return {
    operators,
    nodes,
    flop,
    weightBytes,
    activationBytes,
    units: units.length,
    cuts: cuts.map(({ id, tensors, bytes }) => ({ id, tensors, bytes })),
    warnings,
  };
}
