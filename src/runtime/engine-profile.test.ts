import { describe, expect, it } from 'vitest';
import { nodeSeconds } from './engine-profile.ts';

const row = (cat: string, name: string, dur: number): string =>
  JSON.stringify({ cat, name, dur, pid: 1, args: {} });

describe('nodeSeconds', () => {
  it('reads kernel times of WASM nodes and leaves the warm-up out', () => {
    const printed = [
      '[',
      `${row('Node', 'conv_kernel_time', 9000)},`,
      row('Session', 'model_run', 10_000),
      `${row('Node', 'conv_kernel_time', 1000)},`,
      `${row('Node', 'conv_fence_before', 5)},`,
      `${row('Node', 'conv_kernel_time', 3000)},`,
      ']',
    ].join('\n');
    expect(nodeSeconds(printed, 'wasm', 3)).toEqual([{ node: 'conv', seconds: 0.001 }]);
  });

  it('adds up the kernels that a WebGPU node runs, and does not read its enqueue times', () => {
    const run = (us: number): string[] => [
      row('Api', 'conv&Conv&Transpose', us),
      row('Api', 'conv&Conv&MatMul', 2 * us),
    ];
    const printed = [...run(800), row('Node', 'conv_kernel_time', 5), ...run(100), ...run(300)].join(',\n');
    const [conv] = nodeSeconds(printed, 'webgpu', 3);
    expect(conv?.node).toBe('conv');
    expect(conv?.seconds).toBeCloseTo((100 + 200) / 1e6, 12);
  });

  it('takes the mean of the runs that nothing disturbed', () => {
    const printed = [90, 10, 500, 12, 300, 14].map((us) => row('Node', 'a_kernel_time', us)).join('\n');
    expect(nodeSeconds(printed, 'wasm', 6)[0]?.seconds).toBeCloseTo(12e-6, 15);
  });

  it('passes over whatever else was printed', () => {
    const printed = `hello\n{"cat":"Node"}\n{broken\nnull\n${row('Node', 'a_kernel_time', 1)}\n${row('Node', 'a_kernel_time', 4)}`;
    const [a] = nodeSeconds(printed, 'wasm', 2);
    expect(a?.seconds).toBeCloseTo(4e-6, 15);
    expect(nodeSeconds('', 'wasm', 2)).toEqual([]);
  });
});
