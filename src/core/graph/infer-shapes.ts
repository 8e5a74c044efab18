/**
 * @file Static shape inference for the operators of vision networks. Shapes are lists of dimensions; images are
 * `[N, C, H, W]`. The rules are in `shapes/`, one an operator. An operator without a rule takes the shapes that the file
 * itself states for its outputs; without those their shapes, and all that follow from them, stay unknown. What contradicts its rule is an
 * error that names the node.
 */
import type { AppError } from '../errors.ts';
import { dataTypeOf } from '../onnx/data-types.ts';
import { err, ok, type Result } from '../result.ts';
import type { DataType, Graph, GraphNode, Tensor, ValueInfo } from './model.ts';
import { elementCount, intAttribute } from './model.ts';
import { numbersOf } from './numbers.ts';
import { ELEMENTWISE } from './shapes/elementwise.ts';
import { LAYOUT } from './shapes/layout.ts';
import { PRODUCTS } from './shapes/product.ts';
import { Unknown, Unsupported, type Shape, type ShapeRule } from './shapes/rule.ts';
import { WINDOWED } from './shapes/window.ts';

export type Values = ReadonlyMap<string, ValueInfo>;

const RULES: ReadonlyMap<string, ShapeRule> = new Map([...ELEMENTWISE, ...WINDOWED, ...PRODUCTS, ...LAYOUT]);

/** Whether shapes and cost of this operator are computed, not taken from what the file states. */
export const hasShapeRule = ({ domain, opType }: GraphNode): boolean => domain === '' && RULES.has(opType);

/** Every value of the graph whose shape is known, constants and inputs included, by name. */
export function inferShapes(graph: Graph): Result<Values, ShapeError> {
  const values = new Map<string, ValueInfo>(graph.inputs.map((input) => [input.name, input]));
  for (const [name, { dtype, shape }] of graph.initializers) values.set(name, { name, dtype, shape });
  for (const node of graph.nodes) {
    const outputs = inferNode(node, values, graph.initializers, graph.stated);
    if (!outputs.ok) return outputs;
    for (const value of outputs.value) values.set(value.name, value);
  }
  return ok(values);
}

export type ShapeError = Extract<AppError, { code: 'model-unsupported' }>;

/** Type and shape of those outputs of a node that can be known, given those of its inputs. */
export function inferNode(
  node: GraphNode,
  values: Values,
  constants: ReadonlyMap<string, Tensor>,
  stated: Values | undefined,
): Result<readonly ValueInfo[], ShapeError> {
  const claimed = (): readonly ValueInfo[] =>
    node.outputs.flatMap((name) => (name === '' ? [] : (stated?.get(name) ?? [])));
  if (!hasShapeRule(node)) return ok(claimed());
  try {
    const shapes = outputShapes(node, values, constants);
    return ok(
      node.outputs.flatMap((name, i) => {
        const shape = shapes[i];
        return name === '' || !shape ? [] : [{ name, dtype: outputType(node, i, values), shape }];
      }),
    );
  } catch (thrown) {
    if (thrown instanceof Unknown) return ok(claimed());
    if (!(thrown instanceof Unsupported)) throw thrown;
    return err({ code: 'model-unsupported', node: node.name, detail: thrown.message });
  }
}

function outputShapes(
  node: GraphNode,
  values: Values,
  constants: ReadonlyMap<string, Tensor>,
): readonly Shape[] {
  const rule = RULES.get(node.opType);
  if (!rule) throw new Unknown();
  const shapes = rule({
    node,
    has: (i) => (node.inputs[i] ?? '') !== '',
    shape: (i) => {
      const found = values.get(node.inputs[i] ?? '');
      if (!found) throw new Unknown();
      return found.shape;
    },
    constant: (i) => {
      const name = node.inputs[i] ?? '';
      if (name === '') return null;
      const tensor = constants.get(name);
      // What is longer is no shape, and would be unfolded for every node that names it.
      const isShort = tensor && elementCount(tensor.shape) <= MOST_NUMBERS;
      const numbers = isShort ? numbersOf(tensor) : null;
      if (numbers === null) throw new Unknown();
      return numbers;
    },
  });
  // A tensor without elements is legal, and nothing here knows what to do with one.
  if (CAN_BE_EMPTY.has(node.opType) && shapes.flat().includes(0)) throw new Unknown();
  if (shapes.some((shape) => shape.some((size) => !Number.isSafeInteger(size) || size < 1))) {
    throw new Unsupported(`${node.opType} with an empty result`);
  }
  if (shapes.flat().some((size) => size > LARGEST))
    throw new Unsupported(`${node.opType} with a huge result`);
  if (shapes.some(({ length }) => length > MOST_AXES))
    throw new Unsupported(`${node.opType} with too many axes`);
  return shapes;
}

const MOST_NUMBERS = 1024;
const CAN_BE_EMPTY = new Set([
  'Slice',
  'Gather',
  'Split',
  'Concat',
  'ConstantOfShape',
  'Shape',
  'Expand',
  'Tile',
]);
/** As many as the engine has kernels for, and some; more come from damaged files only. */
const MOST_AXES = 64;
/** As long as an axis of a file may be. */
const LARGEST = 2 ** 31;

const BOOLEAN = new Set([
  'Equal',
  'Greater',
  'GreaterOrEqual',
  'Less',
  'LessOrEqual',
  'And',
  'Or',
  'Xor',
  'Not',
  'IsNaN',
]);
const INDICES = new Set(['Shape', 'Size', 'ArgMax', 'ArgMin']);
/** The input whose element type an output has, where that is not the first. */
const TYPED_BY = new Map([
  ['DequantizeLinear', 1],
  ['CastLike', 1],
  ['Where', 1],
  ['QLinearConv', 7],
  ['QLinearMatMul', 7],
]);

/** Element type of a node's i-th output. */
function outputType(node: GraphNode, i: number, values: Values): DataType {
  const { opType } = node;
  const ofInput = (at: number): DataType | undefined => values.get(node.inputs[at] ?? '')?.dtype;
  if (BOOLEAN.has(opType)) return 'bool';
  if (INDICES.has(opType) || (opType === 'MaxPool' && i === 1)) return 'int64';
  if (opType === 'ConvInteger' || opType === 'MatMulInteger') return 'int32';
  if (opType === 'QuantizeLinear')
    return ofInput(2) ?? dataTypeOf(intAttribute(node, 'output_dtype', 0)) ?? 'uint8';
  if (opType === 'ConstantOfShape') {
    const value = node.attributes.get('value');
    return value?.kind === 'tensor' ? value.value.dtype : 'float32';
  }
  if (opType !== 'Cast') return ofInput(TYPED_BY.get(opType) ?? 0) ?? 'float32';
  const to = dataTypeOf(intAttribute(node, 'to', 0));
  if (to === null) throw new Unknown();
  return to;
}
