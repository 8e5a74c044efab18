/**
 * @file Evaluates the arithmetic that exporters leave on shapes – Shape → Gather → Mul → Concat → Reshape and the like – when
 * its inputs are known. Small constants only; weights are not computed here. Semantics: the ONNX operator specification.
 */
import type { GraphNode, Tensor, ValueInfo } from './model.ts';
import { elementCount, intAttribute, intsAttribute } from './model.ts';
import { numbersOf, tensorOfNumbers } from './numbers.ts';
import { shapeRange } from './shapes/layout.ts';

/** More elements than any shape has; what is larger is weights. */
const MOST_ELEMENTS = 1024;

interface Operand {
  readonly shape: readonly number[];
  readonly numbers: readonly number[];
}

/** What an operator makes of its operands, in row-major order; `output` is what shape inference found. */
type Evaluation = (
  operands: readonly Operand[],
  node: GraphNode,
  output: ValueInfo,
) => readonly number[] | null;

/** The first output of a node whose inputs are `constants`, or null if it is not that kind of node. */
export function evaluateNode(
  node: GraphNode,
  output: ValueInfo,
  constants: ReadonlyMap<string, Tensor>,
  shapeOf: (name: string) => readonly number[] | undefined,
): Tensor | null {
  if (node.domain !== '' || elementCount(output.shape) > MOST_ELEMENTS) return null;
  if (node.opType === 'Shape' || node.opType === 'Size') {
    const shape = shapeOf(node.inputs[0] ?? '');
    if (!shape) return null;
    const numbers = node.opType === 'Shape' ? shapeRange(node, shape) : [elementCount(shape)];
    return tensorOfNumbers('int64', output.shape, numbers);
  }
  const evaluation = EVALUATIONS.get(node.opType);
  if (!evaluation) return null;
  const operands: Operand[] = [];
  for (const name of node.inputs) {
    const tensor = constants.get(name);
    const numbers = tensor && elementCount(tensor.shape) <= MOST_ELEMENTS ? numbersOf(tensor) : null;
    if (!tensor || !numbers) return null;
    operands.push({ shape: tensor.shape, numbers });
  }
  const numbers = evaluation(operands, node, output);
  return numbers && numbers.length === elementCount(output.shape)
    ? tensorOfNumbers(output.dtype, output.shape, numbers)
    : null;
}

/** Index into a broadcast operand of the element at `flat` of the result. */
function broadcastIndex(flat: number, result: readonly number[], operand: readonly number[]): number {
  let [rest, index, stride] = [flat, 0, 1];
  for (let axis = result.length - 1; axis >= 0; axis--) {
    const size = result[axis] ?? 1;
    const own = operand[axis - result.length + operand.length] ?? 1;
    if (own > 1) index += (rest % size) * stride;
    stride *= own;
    rest = Math.floor(rest / size);
  }
  return index;
}

const elementwise =
  (of: (values: readonly number[], isInteger: boolean) => number): Evaluation =>
  (operands, _, { shape, dtype }) =>
    Array.from({ length: elementCount(shape) }, (__, flat) =>
      of(
        operands.map((each) => each.numbers[broadcastIndex(flat, shape, each.shape)] ?? NaN),
        dtype.startsWith('int') || dtype.startsWith('uint'),
      ),
    );

const binary = (of: (a: number, b: number, isInteger: boolean) => number): Evaluation =>
  elementwise(([a = NaN, b = NaN], isInteger) => of(a, b, isInteger));

/** The elements as they are: only the shape or the type changes. */
const same: Evaluation = ([input]) => input?.numbers ?? null;

/** Elements at the product of `picks` (indices along each axis), axes in `order`, row-major. */
function pick(
  { shape, numbers }: Operand,
  picks: readonly (readonly number[])[],
  order: readonly number[],
): readonly number[] {
  const strides = shape.map((_, axis) => elementCount(shape.slice(axis + 1)));
  const result: number[] = [];
  const walk = (depth: number, offset: number): void => {
    const axis = order[depth];
    if (axis === undefined) result.push(numbers[offset] ?? NaN);
    else for (const index of picks[axis] ?? []) walk(depth + 1, offset + index * (strides[axis] ?? NaN));
  };
  walk(0, 0);
  return result;
}

const allOf = (size: number): readonly number[] => Array.from({ length: size }, (_, i) => i);

const slice: Evaluation = ([input, starts, ends, axes, steps]) => {
  if (!input || !starts || !ends) return null;
  const rank = input.shape.length;
  const picks = input.shape.map(allOf);
  const along = axes?.numbers ?? starts.numbers.map((_, i) => i);
  for (const [i, given] of along.entries()) {
    const axis = given < 0 ? given + rank : given;
    const [size, step] = [input.shape[axis] ?? 0, steps ? (steps.numbers[i] ?? NaN) : 1];
    const [start, end] = [starts.numbers[i] ?? NaN, ends.numbers[i] ?? NaN];
    if (!Number.isInteger(step) || step === 0 || Number.isNaN(start + end)) return null;
    const bound = (value: number): number => (value < 0 ? value + size : value);
    const picked: number[] = [];
    if (step > 0)
      for (let at = Math.max(0, bound(start)); at < Math.min(size, bound(end)); at += step) picked.push(at);
    else
      for (let at = Math.min(size - 1, bound(start)); at > Math.max(-1, bound(end)); at += step)
        picked.push(at);
    picks[axis] = picked;
  }
  return pick(
    input,
    picks,
    input.shape.map((_, axis) => axis),
  );
};

/** How an old exporter turns PyTorch's pads, last axis first, into ONNX's. */
const transpose: Evaluation = ([input], node) => {
  if (!input) return null;
  const reversed = input.shape.map((_, axis) => input.shape.length - 1 - axis);
  return pick(input, input.shape.map(allOf), intsAttribute(node, 'perm', reversed));
};

const gather: Evaluation = ([input, indices], node) => {
  if (!input || !indices || input.shape.length !== 1 || intAttribute(node, 'axis', 0) > 0) return null;
  const size = input.numbers.length;
  return indices.numbers.map((index) => input.numbers[index < 0 ? index + size : index] ?? NaN);
};

const EVALUATIONS: ReadonlyMap<string, Evaluation> = new Map<string, Evaluation>([
  ['Add', binary((a, b) => a + b)],
  ['Sub', binary((a, b) => a - b)],
  ['Mul', binary((a, b) => a * b)],
  ['Div', binary((a, b, isInteger) => (isInteger ? Math.trunc(a / b) : a / b))],
  [
    'Mod',
    (operands, node, output) =>
      intAttribute(node, 'fmod', 0) === 1
        ? null
        : binary((a, b) => a - b * Math.floor(a / b))(operands, node, output),
  ],
  ['Min', elementwise((values) => values.reduce((a, b) => Math.min(a, b), Infinity))],
  ['Max', elementwise((values) => values.reduce((a, b) => Math.max(a, b), -Infinity))],
  ['Equal', binary((a, b) => (a === b ? 1 : 0))],
  ['Less', binary((a, b) => (a < b ? 1 : 0))],
  ['Greater', binary((a, b) => (a > b ? 1 : 0))],
  ['Where', elementwise(([condition = 0, a = NaN, b = NaN]) => (condition === 0 ? b : a))],
  ['Neg', elementwise(([a = NaN]) => -a)],
  ['Floor', elementwise(([a = NaN]) => Math.floor(a))],
  ['Ceil', elementwise(([a = NaN]) => Math.ceil(a))],
  ['Sqrt', elementwise(([a = NaN]) => Math.sqrt(a))],
  ['Cast', (operands, _, { dtype }) => cast(operands[0]?.numbers ?? [], dtype)],
  ['Squeeze', same],
  ['Unsqueeze', same],
  ['Reshape', same],
  ['Flatten', same],
  ['Expand', (operands, node, output) => elementwise(([a = NaN]) => a)(operands.slice(0, 1), node, output)],
  ['ConstantOfShape', fill],
  [
    'Concat',
    (operands) =>
      operands.every(({ shape }) => shape.length === 1) ? operands.flatMap(({ numbers }) => numbers) : null,
  ],
  ['Slice', slice],
  ['Transpose', transpose],
  ['Gather', gather],
  [
    'ReduceProd',
    ([input], node) =>
      whole(input, node, (numbers) => numbers.reduce((product, value) => product * value, 1)),
  ],
  [
    'ReduceSum',
    ([input], node) => whole(input, node, (numbers) => numbers.reduce((sum, value) => sum + value, 0)),
  ],
]);

/** Floats lose their fraction on the way to an integer; anything but 0 is true. */
function cast(numbers: readonly number[], dtype: ValueInfo['dtype']): readonly number[] {
  return dtype.startsWith('int') || dtype.startsWith('uint') ? numbers.map(Math.trunc) : numbers;
}

function fill(_: readonly Operand[], node: GraphNode, output: ValueInfo): readonly number[] | null {
  const value = node.attributes.get('value');
  const [number = 0] = value?.kind === 'tensor' ? (numbersOf(value.value) ?? []) : [];
  return Array.from({ length: elementCount(output.shape) }, () => number);
}

/** Reductions of a whole vector. */
function whole(
  input: Operand | undefined,
  node: GraphNode,
  of: (numbers: readonly number[]) => number,
): readonly number[] | null {
  if (input?.shape.length !== 1 || intsAttribute(node, 'axes', [0]).some((axis) => axis !== 0 && axis !== -1))
    return null;
  return [of(input.numbers)];
}
