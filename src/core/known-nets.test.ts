/** @file Our counts against what is published of networks that everybody knows. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { mobileNetV2, repVggA0 } from '../fixtures/known-nets.ts';
import { serializeModel } from './onnx/serialize.ts';
import { prepareModel, type FormId, type PreparedModel } from './prepare-model.ts';

function prepared(bytes: Uint8Array): PreparedModel {
  const result = prepareModel(bytes);
  if (!result.ok) throw new Error(result.error.code);
  return result.value;
}

/** Multiply-adds of convolutions and matrix products, which is what papers count, and half a one for each activation fused to them. */
const multiplyAdds = ({ forms }: PreparedModel, form: FormId): number =>
  forms[form].description.layers
    .filter(({ operatorClass }) => !['pooling', 'elementwise', 'layout'].includes(operatorClass))
    .reduce((sum, { flop }) => sum + flop / 2, 0);

describe('RepVGG-A0', () => {
  const net = prepared(serializeModel(repVggA0()));
  it('fuses to 22 convolutions, with neither a norm nor a sum left', () => {
    expect(net.forms['multi-branch'].description.operators).toMatchObject({
      Conv: 44,
      BatchNormalization: 61,
      Add: 39,
    });
    expect(net.forms.deploy.description.operators).toEqual({
      Conv: 22,
      Flatten: 1,
      Gemm: 1,
      GlobalAveragePool: 1,
      Relu: 22,
    });
    expect(net.fusion.kept).toEqual([]);
  });
  it('has 1.36 G multiply-adds and 8.3 M parameters deployed', () => {
    expect(Math.abs(multiplyAdds(net, 'deploy') / 1.364e9 - 1)).toBeLessThan(0.01);
    expect(Math.abs(net.forms.deploy.description.weightBytes / 4 / 8.309e6 - 1)).toBeLessThan(0.01);
  });
});

describe('MobileNetV2', () => {
  const net = prepared(serializeModel(mobileNetV2()));
  it('has 0.30 G multiply-adds', () => {
    expect(Math.abs(multiplyAdds(net, 'multi-branch') / 0.3008e9 - 1)).toBeLessThan(0.01);
  });
  it('keeps its bottlenecks: as one convolution they would take more arithmetic', () => {
    const reasons = net.fusion.kept.map(({ reason }) => reason);
    expect(reasons.filter((reason) => /times the arithmetic/.test(reason))).toHaveLength(2);
    expect(reasons.filter((reason) => /residual/.test(reason))).toHaveLength(10);
    expect(net.forms.deploy.description.operators).toMatchObject({ Conv: 52, Clip: 35, Add: 10 });
  });
});

describe('EfficientNet-Lite0', () => {
  it('has about 0.4 G multiply-adds', () => {
    const file = new URL('../../public/models/efficientnet-lite0/model.onnx', import.meta.url);
    const total = multiplyAdds(prepared(readFileSync(file)), 'multi-branch') / 1e9;
    expect(total).toBeGreaterThan(0.38);
    expect(total).toBeLessThan(0.41);
  });
});
