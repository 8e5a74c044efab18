/** @file Shapes of convolutions and poolings over images, `[N, C, H, W]`; along one axis or three they are not computed. */
import { intAttribute, intsAttribute, stringAttribute } from '../model.ts';
import { windowLength, windowOf, type Window2d } from '../window.ts';
import { rulesFor, Unknown, Unsupported, type Scope, type Shape, type ShapeRule } from './rule.ts';

function spatial(input: Shape, channels: number, window: Window2d, ceil = false): Shape {
  if (input.length !== 4) throw new Unsupported('images that are not [N, C, H, W]');
  const [n = 1, , h = 1, w = 1] = input;
  return [n, channels, windowLength(window, 0, h, ceil), windowLength(window, 1, w, ceil)];
}

/** The window of a node; steps and sizes are at least 1. */
function windowIn(node: Scope['node'], kernel: Shape, input: Shape): Window2d {
  const window = windowOf(node, kernel, input);
  const sizes = [...window.kernel, ...window.strides, ...window.dilations];
  if (sizes.some((size) => !Number.isInteger(size) || size < 1))
    throw new Unsupported(`${node.opType} with an impossible window`);
  return window;
}

/** Conv, and its quantized kin whose weight is another input. */
function convolution({ node, shape }: Scope, weight: number): readonly Shape[] {
  const [out = 1, perGroup = 1, ...kernel] = shape(weight);
  const groups = intAttribute(node, 'group', 1);
  if (kernel.length !== 2) throw new Unknown();
  if (shape(0)[1] !== perGroup * groups || out % groups !== 0) {
    throw new Unsupported(
      `${node.opType} of weights [${shape(weight).join()}] in ${groups} groups over [${shape(0).join()}]`,
    );
  }
  return [spatial(shape(0), out, windowIn(node, kernel, shape(0)))];
}

/** `stride·(in − 1) + output_padding + reach − pads`, or what `output_shape` or `auto_pad` ask for. */
const transposed: ShapeRule = ({ node, shape }) => {
  const [inputs, perGroup = 1, ...kernel] = shape(1);
  const [n = 1, channels, ...size] = shape(0);
  if (kernel.length !== 2) throw new Unknown();
  if (size.length !== 2 || channels !== inputs)
    throw new Unsupported(`ConvTranspose of weights [${shape(1).join()}] over [${shape(0).join()}]`);
  const out = perGroup * intAttribute(node, 'group', 1);
  const wanted = intsAttribute(node, 'output_shape', []);
  if (wanted.length > 0) return [[n, out, ...wanted.slice(-2)]];
  const { strides, dilations, pads } = windowIn(node, kernel, shape(0));
  const extra = intsAttribute(node, 'output_padding', [0, 0]);
  const isSame = stringAttribute(node, 'auto_pad', 'NOTSET').startsWith('SAME');
  const length = ([0, 1] as const).map((axis) => {
    const stride = strides[axis];
    if (isSame) return (size[axis] ?? 1) * stride;
    const reach = ((kernel[axis] ?? 1) - 1) * dilations[axis] + 1;
    return stride * ((size[axis] ?? 1) - 1) + (extra[axis] ?? 0) + reach - pads[axis] - (pads[axis + 2] ?? 0);
  });
  return [[n, out, ...length]];
};

const pool: ShapeRule = ({ node, shape }) => {
  const kernel = intsAttribute(node, 'kernel_shape', []);
  if (kernel.length !== 2) throw new Unknown();
  const result = spatial(
    shape(0),
    shape(0)[1] ?? 1,
    windowIn(node, kernel, shape(0)),
    intAttribute(node, 'ceil_mode', 0) === 1,
  );
  return [result, result];
};

const globalPool: ShapeRule = ({ shape }) => [shape(0).map((size, i) => (i < 2 ? size : 1))];

export const WINDOWED: readonly [string, ShapeRule][] = [
  ['Conv', (scope) => convolution(scope, 1)],
  ['ConvInteger', (scope) => convolution(scope, 1)],
  ['QLinearConv', (scope) => convolution(scope, 3)],
  ['ConvTranspose', transposed],
  ...rulesFor(['MaxPool', 'AveragePool', 'LpPool'], pool),
  ...rulesFor(['GlobalAveragePool', 'GlobalMaxPool', 'GlobalLpPool'], globalPool),
];
