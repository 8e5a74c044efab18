/** @file Shapes of matrix products, plain and quantized, and of reductions along axes. */
import { intAttribute, intsAttribute } from '../model.ts';
import { axisOf, broadcast, rulesFor, Unsupported, type Scope, type Shape, type ShapeRule } from './rule.ts';

/** NumPy's matmul: a vector is a row on the left, a column on the right, and leaves no axis behind. */
function product(a: Shape, b: Shape): Shape {
  if (a.length === 0 || b.length === 0) throw new Unsupported('MatMul with scalars');
  const [left, right] = [a.length === 1 ? [1, ...a] : a, b.length === 1 ? [...b, 1] : b];
  if (left.at(-1) !== right.at(-2)) throw new Unsupported(`MatMul of [${a.join()}] and [${b.join()}]`);
  const batch = broadcast(left.slice(0, -2), right.slice(0, -2));
  const rows = a.length === 1 ? [] : [left.at(-2) ?? 1];
  const columns = b.length === 1 ? [] : [right.at(-1) ?? 1];
  return [...batch, ...rows, ...columns];
}

const gemm: ShapeRule = ({ node, shape }) => {
  const flipped = (name: string): boolean => intAttribute(node, name, 0) === 1;
  const [a, b] = [shape(0), shape(1)];
  const [rows, depth] = flipped('transA') ? [a[1], a[0]] : [a[0], a[1]];
  const [inner, columns] = flipped('transB') ? [b[1], b[0]] : [b[0], b[1]];
  if (a.length !== 2 || b.length !== 2 || depth !== inner)
    throw new Unsupported(`Gemm of [${a.join()}] and [${b.join()}]`);
  return [[rows ?? 1, columns ?? 1]];
};

/** Axes stand in an attribute up to opset 12 or 17, then in an input; none at all means every axis, or with a flag none. */
const reduce: ShapeRule = ({ node, shape, constant }) => {
  const rank = shape(0).length;
  const given = constant(1) ?? intsAttribute(node, 'axes', []);
  const nothing = given.length === 0 && intAttribute(node, 'noop_with_empty_axes', 0) === 1;
  const axes = given.length === 0 && !nothing ? shape(0).map((_, i) => i) : given;
  return [without(shape(0), new Set(axes.map((axis) => axisOf(axis, rank))), node)];
};

const argument: ShapeRule = ({ node, shape }) => {
  const axis = axisOf(intAttribute(node, 'axis', 0), shape(0).length);
  return [without(shape(0), new Set([axis]), node)];
};

function without(shape: Shape, reduced: ReadonlySet<number>, node: Scope['node']): Shape {
  const ones = shape.map((size, i) => (reduced.has(i) ? 1 : size));
  return intAttribute(node, 'keepdims', 1) === 1 ? ones : ones.filter((_, i) => !reduced.has(i));
}

export const PRODUCTS: readonly [string, ShapeRule][] = [
  ['Gemm', gemm],
  ['MatMul', ({ shape }) => [product(shape(0), shape(1))]],
  ['MatMulInteger', ({ shape }) => [product(shape(0), shape(1))]],
  ['QLinearMatMul', ({ shape }) => [product(shape(0), shape(3))]],
  ...rulesFor(
    ['Mean', 'Sum', 'SumSquare', 'Max', 'Min', 'Prod', 'L1', 'L2', 'LogSum', 'LogSumExp'].map(
      (name) => `Reduce${name}`,
    ),
    reduce,
  ),
  ...rulesFor(['ArgMax', 'ArgMin'], argument),
];
