import { describe, expect, it } from 'vitest';
import { image, modelOf, node } from '../fixtures/graph.ts';
import { repNet } from '../fixtures/models.ts';
import type { Model } from './graph/model.ts';
import { serializeModel } from './onnx/serialize.ts';
import { prepareModel } from './prepare-model.ts';

function warningsOf(model: Model): readonly string[] {
  const prepared = prepareModel(serializeModel(model));
  if (!prepared.ok) throw new Error(prepared.error.code);
  return prepared.value.warnings;
}

describe('modelWarnings', () => {
  it('is empty for a plain model', () => {
    expect(warningsOf(repNet())).toEqual([]);
  });
  it('names an old operator set, and operators outside ONNX', () => {
    expect(warningsOf({ ...repNet(), opset: 11 })).toEqual(['operator set 11 is older than 13']);
    const foreign = { ...repNet(), otherOpsets: new Map([['com.example', 1]]) };
    expect(warningsOf(foreign)).toEqual(['uses operators outside ONNX: com.example']);
  });
  it('says when there is no place to cut', () => {
    const one = modelOf({
      inputs: [image('x', [1, 3, 4, 4])],
      outputs: [image('y', [1, 3, 4, 4])],
      nodes: [node('Relu', ['x'], 'y')],
      initializers: {},
    });
    expect(warningsOf(one)).toEqual([expect.stringContaining('cannot be divided')]);
  });
});
