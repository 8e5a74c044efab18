/** @file Shapes of operators that work element by element, and of normalizations, which keep the shape of what they normalize. */
import { broadcast, rulesFor, type ShapeRule } from './rule.ts';

const UNARY = [
  ...[
    'Relu',
    'Clip',
    'LeakyRelu',
    'PRelu',
    'Elu',
    'Selu',
    'Celu',
    'ThresholdedRelu',
    'Sigmoid',
    'HardSigmoid',
  ],
  ...['HardSwish', 'Swish', 'Mish', 'Gelu', 'Softplus', 'Softsign', 'Tanh', 'Erf', 'Softmax', 'LogSoftmax'],
  ...[
    'Identity',
    'Dropout',
    'Neg',
    'Abs',
    'Exp',
    'Log',
    'Sqrt',
    'Reciprocal',
    'Floor',
    'Ceil',
    'Round',
    'Sign',
  ],
  ...[
    'Sin',
    'Cos',
    'Not',
    'IsNaN',
    'Cast',
    'CastLike',
    'QuantizeLinear',
    'DequantizeLinear',
    'LRN',
    'CumSum',
  ],
  ...[
    'BatchNormalization',
    'InstanceNormalization',
    'GroupNormalization',
    'LpNormalization',
    'LayerNormalization',
    'RMSNormalization',
  ],
];
const VARIADIC = [
  ...['Add', 'Sub', 'Mul', 'Div', 'Pow', 'Mod', 'Max', 'Min', 'Sum', 'Mean', 'Where'],
  ...['Equal', 'Greater', 'GreaterOrEqual', 'Less', 'LessOrEqual', 'And', 'Or', 'Xor'],
];

/** The first output; what a norm gives beside it are statistics for training. */
const same: ShapeRule = ({ shape }) => [shape(0)];

export const ELEMENTWISE: readonly [string, ShapeRule][] = [
  ...rulesFor(UNARY, same),
  ...rulesFor(VARIADIC, ({ node, shape }) => [broadcast(...node.inputs.map((_, i) => shape(i)))]),
];
