/**
 * @file What a shape rule is: from the shapes of a node's inputs, and the constants among them, to the shapes of its outputs.
 * One rule an operator; the files beside this one hold them by kind. Source: the ONNX operator specification, opset 11–21.
 */
import type { GraphNode } from '../model.ts';

export type Shape = readonly number[];

/** Thrown by a rule, and turned into a typed error by `inferShapes`, which knows the node. */
export class Unsupported extends Error {}

/** Thrown where a rule would need a shape, or the numbers of a tensor, that only running the model would tell. */
export class Unknown extends Error {}

export interface Scope {
  readonly node: GraphNode;
  /** Shape of the i-th input; throws when it is unknown. */
  readonly shape: (i: number) => Shape;
  /** Whether the i-th input is given. */
  readonly has: (i: number) => boolean;
  /** Numbers of the i-th input when it is a constant; null when left out; throws when it is computed. */
  readonly constant: (i: number) => readonly number[] | null;
}

export type ShapeRule = (scope: Scope) => readonly Shape[];

/** The axis counted from the front; refuses one that the rank does not have. */
export function axisOf(axis: number, rank: number): number {
  const counted = axis < 0 ? axis + rank : axis;
  if (!Number.isInteger(counted) || counted < 0 || counted >= Math.max(rank, 1))
    throw new Unsupported(`axis ${axis} of ${rank}`);
  return counted;
}

/** NumPy's broadcasting of all shapes together. */
export function broadcast(...shapes: readonly Shape[]): Shape {
  const rank = shapes.reduce((most, { length }) => Math.max(most, length), 0);
  return Array.from({ length: rank }, (_, i) =>
    shapes.reduce((size, shape) => {
      const own = shape[i - rank + shape.length] ?? 1;
      if (own !== size && own !== 1 && size !== 1)
        throw new Unsupported(`shapes ${shapes.map((each) => `[${each.join()}]`).join(' and ')} together`);
      return own === 1 ? size : own;
    }, 1),
  );
}

export const rulesFor = (names: readonly string[], rule: ShapeRule): readonly [string, ShapeRule][] =>
  names.map((name) => [name, rule]);
