import { describe, expect, it } from 'vitest';
import { image, modelOf, node, randomWeights } from '../../fixtures/graph.ts';
import { repBlock, repNet } from '../../fixtures/models.ts';
import { serializeModel } from '../onnx/serialize.ts';
import { prepareModel, type FormDescription, type FormId } from '../prepare-model.ts';
import { runsOf } from './blocks.ts';
import { diagramOf, type Diagram } from './diagram.ts';
import type { Model } from '../graph/model.ts';

function formOf(model: Model, form: FormId = 'multi-branch'): FormDescription {
  const prepared = prepareModel(serializeModel(model));
  if (!prepared.ok) throw new Error(JSON.stringify(prepared.error));
  return prepared.value.forms[form].description;
}

const rows = ({ vertices }: Diagram) =>
  vertices.map(({ id, repeats, title, detail }) => `${id} | ${repeats} × ${title} | ${detail}`);
const arrows = ({ edges }: Diagram) => edges.map(({ from, to }) => `${from} → ${to}`);

/** A stem with stride 2 and `count` blocks with an identity, all 16 × 16. */
function repStage(count: number): Model {
  const parts = Array.from({ length: count + 1 }, (_, i) =>
    repBlock({
      input: i === 0 ? 'image' : `block${i - 1}`,
      output: `block${i}`,
      inputChannels: i === 0 ? 3 : 4,
      outputChannels: 4,
      stride: i === 0 ? 2 : 1,
      groups: 1,
      identity: i > 0,
      seed: i,
    }),
  );
  return modelOf({
    inputs: [image('image', [1, 3, 32, 32])],
    outputs: [image(`block${count}`, [1, 4, 16, 16])],
    nodes: parts.flatMap((part) => part.nodes),
    initializers: Object.assign({}, ...parts.map((part) => part.initializers)) as Record<string, never>,
  });
}

describe('runs', () => {
  it.each([
    ['', []],
    ['a', ['a']],
    ['aaaa', ['4(a)']],
    ['abab', ['2(ab)']],
    ['xababay', ['x', '2(ab)', 'a', 'y']],
    ['aabbbbb', ['2(a)', '5(b)']],
    ['abcabcdd', ['2(abc)', '2(d)']],
    ['abcdefabcdef', ['2(abcdef)']],
    ['abcdefgabcdefg', Array.from('abcdefgabcdefg')],
  ])('of %s', (text, expected) => {
    const found = runsOf(Array.from(text)).map(({ start, period, count }) =>
      count === 1 ? text.slice(start, start + period) : `${count}(${text.slice(start, start + period)})`,
    );
    expect(found).toEqual(expected);
  });
});

describe('diagram of a chain', () => {
  it('names blocks by their branches, in stages of one image size', () => {
    const diagram = diagramOf(formOf(repNet()));
    expect(rows(diagram)).toEqual([
      'input:0 | 1 × Input | 1 × 3 × 32 × 32',
      'block:0 | 1 × Conv 3×3 + Conv 1×1 | 3 → 8, stride 2, Relu',
      'block:5 | 1 × Conv 3×3 + Conv 1×1 + identity | 8 → 8, Relu',
      'block:12 | 1 × Conv 3×3 + Conv 1×1 | 8 → 16, stride 2, Relu',
      'block:17 | 1 × Depthwise 3×3 + Depthwise 1×1 + identity | 16 → 16, Relu',
      'layer:24 | 1 × GlobalAveragePool | 1 × 16 × 1 × 1',
      'layer:25 | 1 × Flatten | 1 × 16',
      'layer:26 | 1 × Gemm | 16 → 10',
      'output:0 | 1 × Output | 1 × 10',
    ]);
    expect(diagram.stages).toEqual(['16 × 16', '8 × 8']);
    expect(diagram.vertices.map(({ stage }) => stage)).toEqual([0, 0, 0, 1, 1, 1, 1, 1, 1]);
    expect(diagram.edges).toHaveLength(8);
  });

  it('shows the fused form as single convolutions', () => {
    expect(rows(diagramOf(formOf(repNet(), 'deploy'))).slice(1, 5)).toEqual([
      'layer:0 | 1 × Conv 3×3 | 3 → 8, stride 2, Relu',
      'layer:1 | 1 × Conv 3×3 | 8 → 8, Relu',
      'layer:2 | 1 × Conv 3×3 | 8 → 16, stride 2, Relu',
      'layer:3 | 1 × Depthwise 3×3 | 16 → 16, Relu',
    ]);
  });

  it('counts every layer once', () => {
    const form = formOf(repStage(3));
    for (const expanded of [[], ['repeat:5'], ['repeat:5', 'block:12'], ['block:0']]) {
      const { vertices } = diagramOf(form, new Set(expanded));
      const shown = vertices.filter(({ isExpanded }) => isExpanded !== true);
      expect(shown.flatMap(({ layers }) => layers)).toEqual(form.layers);
      expect(shown.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 12);
    }
  });

  it('folds repeats, and opens them step by step', () => {
    const form = formOf(repStage(3));
    const folded = diagramOf(form);
    expect(rows(folded)).toEqual([
      'input:0 | 1 × Input | 1 × 3 × 32 × 32',
      'block:0 | 1 × Conv 3×3 + Conv 1×1 | 3 → 4, stride 2, Relu',
      'repeat:5 | 3 × Conv 3×3 + Conv 1×1 + identity | 4 → 4, Relu',
      'output:0 | 1 × Output | 1 × 4 × 16 × 16',
    ]);
    expect(arrows(folded)).toEqual(['input:0 → block:0', 'block:0 → repeat:5', 'repeat:5 → output:0']);

    const opened = diagramOf(form, new Set(['repeat:5', 'block:12']));
    expect(opened.vertices.slice(2).map(({ id, frames }) => `${id} ${frames.join(' ')}`)).toEqual([
      'repeat:5 repeat:5',
      'block:5 repeat:5',
      'block:12 repeat:5 block:12',
      ...[12, 13, 14, 15, 16, 17, 18].map((index) => `layer:${index} repeat:5 block:12`),
      'block:19 repeat:5',
      'output:0 ',
    ]);
    expect(arrows(opened).slice(2)).toEqual([
      'repeat:5 → block:5',
      'block:5 → block:12',
      'block:12 → layer:12',
      'layer:12 → layer:13',
      'block:12 → layer:14',
      'layer:14 → layer:15',
      'block:12 → layer:16',
      'layer:13 → layer:17',
      'layer:15 → layer:17',
      'layer:17 → layer:18',
      'layer:16 → layer:18',
      'layer:18 → block:19',
      'block:19 → output:0',
    ]);
  });

  it('puts a normalization to the convolution before it, and finds channels inside from the weights', () => {
    const norm = ['s', 'b', 'm', 'v'];
    const nodes = [
      node('Conv', ['x', 'w1'], 'c1', { kernel_shape: [1, 1] }),
      node('BatchNormalization', ['c1', ...norm], 'n1'),
      node('Clip', ['n1'], 'r1'),
      node('Conv', ['r1', 'w2'], 'c2', { kernel_shape: [1, 1] }),
      node('Conv', ['c2', 'w3'], 'c3', { kernel_shape: [3, 3], pads: [1, 1, 1, 1] }),
      node('Conv', ['c3', 'w4', 'b4'], 'c4'),
      node('Add', ['c4', 'r1'], 'y'),
    ];
    const initializers = {
      ...Object.fromEntries(norm.map((name, i) => [name, randomWeights([6], i, 0.5, 1)])),
      w1: randomWeights([6, 3, 1, 1], 1),
      w2: randomWeights([5, 6, 1, 1], 2),
      w3: randomWeights([7, 5, 3, 3], 3),
      w4: randomWeights([6, 7, 1, 1], 4),
      b4: randomWeights([6], 5),
    };
    const [x, y] = [image('x', [1, 3, 8, 8]), image('y', [1, 6, 8, 8])];
    const form = formOf(modelOf({ inputs: [x], outputs: [y], nodes, initializers }));
    expect(rows(diagramOf(form, new Set(['block:2'])))).toEqual([
      'input:0 | 1 × Input | 1 × 3 × 8 × 8',
      'block:0 | 1 × Conv 1×1 → BatchNorm | 3 → 6, Clip',
      'block:2 | 1 × Conv 1×1 → Conv 3×3 → Conv 1×1 + identity | 6 → 6',
      'layer:2 | 1 × Conv 1×1 | 6 → 5',
      'layer:3 | 1 × Conv 3×3 | 5 → 7',
      'layer:4 | 1 × Conv 1×1 | 7 → 6',
      'layer:5 | 1 × Add | ',
      'output:0 | 1 × Output | 1 × 6 × 8 × 8',
    ]);
  });
});

describe('diagram of a form that is no chain', () => {
  it('is drawn layer by layer, with every input and output', () => {
    const [a, b] = [image('a', [1, 4]), image('b', [1, 4])];
    const nodes = [node('Relu', ['a'], 'r'), node('Add', ['r', 'b'], 's'), node('Sigmoid', ['r'], 't')];
    const outputs = [image('s', [1, 4]), image('t', [1, 4])];
    const diagram = diagramOf(formOf(modelOf({ inputs: [a, b], outputs, nodes })));
    expect(diagram.vertices.map(({ id }) => id)).toEqual([
      'input:0',
      'input:1',
      'layer:0',
      'layer:1',
      'layer:2',
      'output:0',
      'output:1',
    ]);
    expect(arrows(diagram)).toEqual([
      'input:0 → layer:0',
      'layer:0 → layer:1',
      'input:1 → layer:1',
      'layer:0 → layer:2',
      'layer:1 → output:0',
      'layer:2 → output:1',
    ]);
  });
});
