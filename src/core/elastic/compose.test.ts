import { describe, expect, it } from 'vitest';
import { elasticCalibration, elasticManifest, elasticModel } from '../../fixtures/elastic.ts';
import { evaluate } from '../../fixtures/reference.ts';
import type { Model } from '../graph/model.ts';
import { operatorCounts } from '../graph/model.ts';
import { floatsOf, halfToNumber } from '../graph/tensor.ts';
import { prepareForms } from '../prepare-model.ts';
import { randomTensor } from '../random.ts';
import { differenceOf } from '../reparam/equivalence.ts';
import { composeConfiguration } from './compose.ts';
import { configurationOf, type Elastic } from './elastic.ts';

const elastic = elasticManifest();
const calibration = elasticCalibration();
const model = elasticModel();

function compose(id: string, family: Elastic = elastic, statistics = calibration, source = model): Model {
  const configuration = configurationOf(family, id);
  if (!configuration) throw new Error(`no configuration ${id}`);
  const composed = composeConfiguration(source, family, configuration, statistics);
  if (!composed.ok) throw new Error(JSON.stringify(composed.error).replaceAll('\\"', '"'));
  return composed.value;
}

/** The statistics of a configuration's n-th kept norm, read by hand. */
function statisticsAt(id: string, norm: number): { mean: number[]; variance: number[] } {
  const offset = configurationOf(elastic, id)?.offset ?? NaN;
  const halves = new Uint16Array(calibration.buffer, offset + norm * 32, 16);
  const values = Array.from(halves, halfToNumber);
  return { mean: values.slice(0, 8), variance: values.slice(8) };
}

const floats = (composed: Model, name: string): number[] => {
  const tensor = composed.graph.initializers.get(name);
  return Array.from((tensor && floatsOf(tensor)) ?? []);
};

describe('composeConfiguration', () => {
  it.each([
    ['16-333', { Conv: 6, Add: 5, BatchNormalization: 3, Relu: 3 }, { Conv: 3, Relu: 3 }],
    ['16-331', { Conv: 5, Add: 4, BatchNormalization: 3, Relu: 3 }, { Conv: 3, Relu: 3 }],
    ['16-310', { Conv: 3, Add: 2, BatchNormalization: 2, Relu: 2 }, { Conv: 2, Relu: 2 }],
    ['8-300', { Conv: 2, Add: 1, BatchNormalization: 1, Relu: 1 }, { Conv: 1, Relu: 1 }],
  ])('%s keeps what its kinds say, and fuses into one convolution a block', (id, before, after) => {
    const composed = compose(id);
    const tail = { GlobalAveragePool: 1, Flatten: 1, Gemm: 1 };
    expect(operatorCounts(composed.graph)).toEqual({ ...before, ...tail });
    const prepared = prepareForms({ model: composed, foldedNodes: 0 });
    if (!prepared.ok) throw new Error(prepared.error.code);
    expect(operatorCounts(prepared.value.forms.deploy.model.graph)).toEqual({ ...after, ...tail });
    expect(prepared.value.fusion.kept).toEqual([]);
    // Fused and composed compute the same.
    const side = configurationOf(elastic, id)?.side ?? NaN;
    const input = randomTensor(3 * side * side, 5);
    const outputs = [composed, prepared.value.forms.deploy.model].map((each) => evaluate(each, input).data);
    expect(differenceOf(outputs[0] ?? [], outputs[1] ?? []).maxRelDifference).toBeLessThan(1e-6);
  });

  it('a 1×1 block computes 1×1 + identity alone, a skipped one nothing', () => {
    const kernels = (id: string) =>
      compose(id)
        .graph.nodes.filter(({ opType }) => opType === 'Conv')
        .map(({ inputs }) => inputs.slice(0, 2));
    expect(kernels('16-310')).toEqual([
      ['image', 'block0.w3'],
      ['image', 'block0.w1'],
      ['block0.relu', 'block1.w1'],
    ]);
    const pool = compose('16-300').graph.nodes.find(({ opType }) => opType === 'GlobalAveragePool');
    expect(pool?.inputs).toEqual(['block0.relu']);
  });

  it('sets each configuration’s own statistics, for the norms it keeps, in order', () => {
    for (const [id, kept] of [
      ['8-300', [0]],
      ['8-331', [0, 1, 2]],
      ['16-310', [0, 1]],
      ['16-333', [0, 1, 2]],
    ] as const) {
      const composed = compose(id);
      kept.forEach((block, norm) => {
        const { mean, variance } = statisticsAt(id, norm);
        expect(floats(composed, `block${block}.mean`)).toEqual(mean);
        expect(floats(composed, `block${block}.var`)).toEqual(variance);
      });
    }
    expect(floats(compose('16-300'), 'block1.mean')).toEqual([]);
  });

  it('binds the input side, and leaves the model it came from alone', () => {
    const before = floats(model, 'block0.mean');
    expect(compose('8-333').graph.inputs[0]?.shape).toEqual([1, 3, 8, 8]);
    expect(model.graph.inputs[0]?.shape).toEqual([1, 3, 16, 16]);
    expect(floats(model, 'block0.mean')).toEqual(before);
  });

  it('without a statistics file only the side changes', () => {
    const plain: Elastic = { ...elastic, blocks: [], calibration: null };
    const configuration = {
      ...elastic.configurations[0],
      kinds: [],
    } as unknown as Elastic['configurations'][number];
    const composed = composeConfiguration(model, plain, configuration, new Uint8Array());
    if (!composed.ok) throw new Error(composed.error.code);
    expect(composed.value.graph.inputs[0]?.shape).toEqual([1, 3, 8, 8]);
    expect(floats(composed.value, 'block2.mean')).toEqual(floats(model, 'block2.mean'));
  });

  const [first] = elastic.blocks;
  const withKinds = (kinds: Record<string, Record<string, string>>): Elastic => ({
    ...elastic,
    blocks: elastic.blocks.map((block, i) =>
      i === 1 ? { ...block, kinds: { ...block.kinds, ...kinds } } : block,
    ),
  });
  it.each<[string, Elastic, Uint8Array<ArrayBuffer>, string]>([
    [
      'a value that is not there',
      withKinds({ '1x1': { nowhere: 'block0.relu' } }),
      calibration,
      'makes no value “nowhere”',
    ],
    [
      'a circle',
      withKinds({ '1x1': { 'block1.relu': 'block1.bn', 'block1.bn': 'block1.relu' } }),
      calibration,
      'in a circle',
    ],
    [
      'a replaced output',
      withKinds({ '1x1': { logits: 'pooled' } }),
      calibration,
      'output “logits” cannot be replaced',
    ],
    [
      'a constant that is not there',
      { ...elastic, blocks: elastic.blocks.map((block) => ({ ...block, mean: `${block.name}.meen` })) },
      calibration,
      'no constant “block0.meen”',
    ],
    ['a short statistics file', elastic, calibration.slice(0, 40), '40 bytes, expected'],
    [
      'channels that differ',
      {
        ...elastic,
        blocks: elastic.blocks.map((block) => (block === first ? { ...block, channels: 4 } : block)),
      },
      calibration,
      'does not fit configuration 16-310',
    ],
  ])('refuses %s', (_, family, statistics, detail) => {
    expect(() => compose('16-310', family, statistics)).toThrow(detail);
  });

  it('refuses an offset that runs past the end', () => {
    const late = {
      ...elastic,
      configurations: elastic.configurations.map((each) => ({ ...each, offset: calibration.length - 20 })),
    };
    expect(() => compose('16-333', late)).toThrow('does not fit');
  });
});
