/** @file Shapes of operators that move elements without computing on them, and of those that make shapes into values. */
import { elementCount, intAttribute, intsAttribute, stringAttribute } from '../model.ts';
import { axisOf, broadcast, Unknown, Unsupported, type Scope, type Shape, type ShapeRule } from './rule.ts';

/** Axes of (Un)squeeze: an attribute up to opset 12, an input from 13 on. */
const axesGiven = ({ node, constant }: Scope): readonly number[] | null =>
  constant(1) ?? (node.attributes.has('axes') ? intsAttribute(node, 'axes', []) : null);

const squeeze: ShapeRule = (scope) => {
  const input = scope.shape(0);
  const axes = axesGiven(scope);
  if (axes === null) return [input.filter((size) => size !== 1)];
  const dropped = new Set(axes.map((axis) => axisOf(axis, input.length)));
  if ([...dropped].some((axis) => input[axis] !== 1))
    throw new Unsupported(`Squeeze of axes ${axes.join()} of [${input.join()}]`);
  return [input.filter((_, i) => !dropped.has(i))];
};

const unsqueeze: ShapeRule = (scope) => {
  const axes = axesGiven(scope) ?? [];
  const rank = scope.shape(0).length + axes.length;
  const added = new Set(axes.map((axis) => axisOf(axis, rank)));
  if (added.size !== axes.length) throw new Unsupported(`Unsqueeze by [${axes.join()}]`);
  const rest = [...scope.shape(0)];
  return [Array.from({ length: rank }, (_, i) => (added.has(i) ? 1 : (rest.shift() ?? 1)))];
};

const reshape: ShapeRule = ({ node, shape, constant }) => {
  const keepsZero = intAttribute(node, 'allowzero', 0) === 1;
  const target = (constant(1) ?? []).map((size, i) => (size === 0 && !keepsZero ? (shape(0)[i] ?? 1) : size));
  const known = elementCount(target.filter((size) => size !== -1));
  const result = target.map((size) => (size === -1 ? elementCount(shape(0)) / known : size));
  if (elementCount(result) !== elementCount(shape(0)))
    throw new Unsupported(`Reshape of [${shape(0).join()}] to [${target.join()}]`);
  return [result];
};

/** Python's slice of one axis: clamped bounds, any step but 0. */
function sliceLength(size: number, start: number, end: number, step: number): number {
  const from = start < 0 ? start + size : start;
  const to = end < 0 ? end + size : end;
  const clamp = (value: number, low: number, high: number): number => Math.min(Math.max(value, low), high);
  return step > 0
    ? Math.max(0, Math.ceil((clamp(to, 0, size) - clamp(from, 0, size)) / step))
    : Math.max(0, Math.ceil((clamp(to, -1, size - 1) - clamp(from, 0, size - 1)) / step));
}

/** Bounds are inputs, and up to opset 9 attributes. */
const slice: ShapeRule = ({ node, shape, constant }) => {
  const given = (i: number, name: string): readonly number[] => constant(i) ?? intsAttribute(node, name, []);
  const [starts, ends] = [given(1, 'starts'), given(2, 'ends')];
  const everyAxis = starts.map((_, i) => i);
  const axes = constant(3) ?? intsAttribute(node, 'axes', everyAxis);
  const steps = constant(4) ?? starts.map(() => 1);
  if ([ends, axes, steps].some(({ length }) => length !== starts.length))
    throw new Unsupported('Slice with bounds that do not match');
  const result = [...shape(0)];
  axes.forEach((given, i) => {
    const axis = axisOf(given, result.length);
    const step = steps[i] ?? 1;
    if (step === 0) throw new Unsupported('Slice with a step of 0');
    result[axis] = sliceLength(result[axis] ?? 0, starts[i] ?? 0, ends[i] ?? 0, step);
  });
  return [result];
};

const split: ShapeRule = ({ node, shape, constant }) => {
  const axis = axisOf(intAttribute(node, 'axis', 0), shape(0).length);
  const size = shape(0)[axis] ?? 1;
  const given = constant(1) ?? intsAttribute(node, 'split', []);
  const part = Math.ceil(size / node.outputs.length);
  const parts = given.length > 0 ? given : node.outputs.map((_, i) => Math.min(part, size - i * part));
  if (parts.reduce((sum, length) => sum + length, 0) !== size || parts.length !== node.outputs.length)
    throw new Unsupported(`Split of ${size} into [${parts.join()}]`);
  return parts.map((length) => shape(0).map((whole, i) => (i === axis ? length : whole)));
};

const concat: ShapeRule = ({ node, shape }) => {
  const [first, ...others] = node.inputs.map((_, i) => shape(i));
  const axis = axisOf(intAttribute(node, 'axis', 0), first?.length ?? 0);
  const fits = (other: Shape): boolean =>
    other.length === first?.length && other.every((size, i) => i === axis || size === first[i]);
  if (!first || !others.every(fits)) throw new Unsupported('Concat of shapes that do not fit');
  const total = others.reduce((sum, other) => sum + (other[axis] ?? 0), first[axis] ?? 0);
  return [first.map((size, i) => (i === axis ? total : size))];
};

const gather: ShapeRule = ({ node, shape }) => {
  const axis = axisOf(intAttribute(node, 'axis', 0), shape(0).length);
  return [[...shape(0).slice(0, axis), ...shape(1), ...shape(0).slice(axis + 1)]];
};

const transpose: ShapeRule = ({ node, shape }) => {
  const reversed = shape(0).map((_, i) => shape(0).length - 1 - i);
  const order = intsAttribute(node, 'perm', reversed);
  if (order.length !== reversed.length || !reversed.every((axis) => order.includes(axis)))
    throw new Unsupported(`Transpose by [${order.join()}]`);
  return [order.map((axis) => shape(0)[axis] ?? 1)];
};

/** All begins, then all ends; for the axes of the fourth input where there are any (opset 18). */
const pad: ShapeRule = ({ node, shape, constant }) => {
  const pads = constant(1) ?? intsAttribute(node, 'pads', []);
  const axes = constant(3) ?? shape(0).map((_, i) => i);
  const result = [...shape(0)];
  axes.forEach((given, i) => {
    const axis = axisOf(given, result.length);
    result[axis] = (result[axis] ?? 0) + (pads[i] ?? 0) + (pads[i + axes.length] ?? 0);
  });
  return [result];
};

/** Sizes where they are given, else `⌊length · scale⌋`; for the `axes` named (opset 18) or all. */
const resize: ShapeRule = ({ node, shape, constant, has }) => {
  // Upsample, and Resize of opset 10, have their scales second.
  const [scaleInput, sizeInput] = node.opType === 'Upsample' || node.inputs.length === 2 ? [1, 9] : [2, 3];
  const isPlain =
    stringAttribute(node, 'keep_aspect_ratio_policy', 'stretch') === 'stretch' &&
    (has(sizeInput) || stringAttribute(node, 'coordinate_transformation_mode', '') !== 'tf_crop_and_resize');
  if (!isPlain || !(has(sizeInput) || has(scaleInput))) throw new Unknown();
  const sizes = has(sizeInput) ? constant(sizeInput) : null;
  const scales = sizes ? null : constant(scaleInput);
  const axes = intsAttribute(
    node,
    'axes',
    shape(0).map((_, i) => i),
  );
  const result = [...shape(0)];
  axes.forEach((given, i) => {
    const axis = axisOf(given, result.length);
    const length = result[axis] ?? 1;
    // A scale is fp32: 1.4 · 5 must not come out as 6.999….
    result[axis] = sizes ? (sizes[i] ?? length) : Math.floor(Math.fround(length * (scales?.[i] ?? 1)));
  });
  return [result];
};

const space: ShapeRule = ({ node, shape }) => {
  const [n = 1, c = 1, h = 1, w = 1] = shape(0);
  const block = intAttribute(node, 'blocksize', 1);
  return node.opType === 'DepthToSpace'
    ? [[n, c / block ** 2, h * block, w * block]]
    : [[n, c * block ** 2, h / block, w / block]];
};

export const LAYOUT: readonly [string, ShapeRule][] = [
  [
    'Flatten',
    ({ node, shape }) => {
      const given = intAttribute(node, 'axis', 1);
      const axis = given === shape(0).length ? given : axisOf(given, shape(0).length);
      return [[elementCount(shape(0).slice(0, axis)), elementCount(shape(0).slice(axis))]];
    },
  ],
  ['Reshape', reshape],
  ['Squeeze', squeeze],
  ['Unsqueeze', unsqueeze],
  ['Transpose', transpose],
  ['Concat', concat],
  ['Split', split],
  ['Slice', slice],
  ['Gather', gather],
  ['GatherElements', ({ shape }) => [shape(1)]],
  ['Pad', pad],
  ['Resize', resize],
  ['Upsample', resize],
  ['DepthToSpace', space],
  ['SpaceToDepth', space],
  ['Expand', ({ shape, constant }) => [broadcast(shape(0), constant(1) ?? [])]],
  ['Tile', ({ shape, constant }) => [shape(0).map((size, i) => size * (constant(1)?.[i] ?? 1))]],
  ['Shape', ({ node, shape }) => [[shapeRange(node, shape(0)).length]]],
  ['Size', () => [[]]],
  ['ConstantOfShape', ({ constant }) => [constant(0) ?? []]],
];

/** The dimensions that a Shape node gives: from `start` to `end` (opset 15), or all. */
export function shapeRange(node: Scope['node'], shape: Shape): Shape {
  return shape.slice(intAttribute(node, 'start', 0), intAttribute(node, 'end', shape.length));
}
