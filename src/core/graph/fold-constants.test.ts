import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { image, modelOf, node, randomWeights } from '../../fixtures/graph.ts';
import { foldConstants } from './fold-constants.ts';
import type { Tensor } from './model.ts';
import { floatsOf, floatTensor, halfToNumber, integersOf } from './tensor.ts';

const halves = (...bits: number[]): Tensor => ({
  dtype: 'float16',
  shape: [bits.length],
  bytes: new Uint8Array(Uint16Array.from(bits).buffer),
});

describe('halfToNumber', () => {
  it.each([
    [0x0000, 0],
    [0x3c00, 1],
    [0xc000, -2],
    [0x3555, 0.333251953125],
    [0x7bff, 65504],
    [0x0001, 2 ** -24],
    [0x03ff, 1023 * 2 ** -24],
    [0x0400, 2 ** -14],
    [0x7c00, Infinity],
    [0xfc00, -Infinity],
  ])('%i is %d', (bits, value) => {
    expect(halfToNumber(bits)).toBe(value);
  });
  it('keeps the sign of zero and gives NaN for NaN', () => {
    expect(halfToNumber(0x8000)).toBe(-0);
    expect(halfToNumber(0x7e00)).toBeNaN();
  });
});

describe('tensors', () => {
  it('widen fp16 element by element, as the single conversion does', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 0xffff }), { minLength: 1 }), (bits) => {
        expect(Array.from(floatsOf(halves(...bits)) ?? [])).toEqual(bits.map(halfToNumber));
      }),
    );
  });
  it('give null for types they do not hold', () => {
    const bytes = { dtype: 'uint8', shape: [1], bytes: Uint8Array.of(1) } as const;
    expect([floatsOf(bytes), integersOf(bytes)]).toEqual([null, null]);
  });
  it('read int32 shapes', () => {
    const shape = { dtype: 'int32', shape: [2], bytes: new Uint8Array(Int32Array.of(3, -1).buffer) } as const;
    expect(integersOf(shape)).toEqual([3, -1]);
  });
  it('refuse values that do not fill their shape', () => {
    expect(() => floatTensor([2, 2], [1, 2, 3])).toThrow('does not hold 3 values');
  });
});

describe('foldConstants', () => {
  const folded = foldConstants(
    modelOf({
      inputs: [image('x', [2])],
      outputs: [image('y', [2])],
      nodes: [
        node('Constant', [], 'k', { value: { kind: 'tensor', value: randomWeights([2], 5) } }),
        node('Cast', ['stored'], 'wide', { to: 1 }),
        node('Identity', ['wide'], 'alias'),
        node('Identity', ['x'], 'kept'),
        node('Add', ['kept', 'alias'], 'z'),
        node('Mul', ['z', 'k'], 'y'),
      ],
      initializers: { stored: halves(0x3c00, 0xc000), unread: randomWeights([9], 1) },
    }),
  ).graph;

  it('leaves only nodes that depend on the input', () => {
    expect(folded.nodes.map(({ opType }) => opType)).toEqual(['Identity', 'Add', 'Mul']);
  });
  it('keeps exactly the constants that are read, widened', () => {
    expect([...folded.initializers.keys()].sort()).toEqual(['alias', 'k']);
    expect(folded.initializers.get('alias')).toEqual(floatTensor([2], [1, -2]));
    expect(folded.initializers.get('k')).toEqual(randomWeights([2], 5));
  });
  it('leaves a cast to another type and operators of other domains alone', () => {
    const nodes = [
      node('Cast', ['c'], 'half', { to: 10 }),
      { ...node('Identity', ['c'], 'own'), domain: 'com.example' },
      node('Concat', ['half', 'own'], 'y'),
    ];
    const model = modelOf({
      inputs: [],
      outputs: [image('y', [4])],
      nodes,
      initializers: { c: randomWeights([2], 1) },
    });
    expect(foldConstants(model)).toEqual(model);
  });
});
