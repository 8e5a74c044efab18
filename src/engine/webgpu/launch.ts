/** @file One dispatch, ready to be encoded. */
import type { Groups } from './kernels.ts';

export interface Launch {
  readonly pipeline: GPUComputePipeline;
  readonly bindGroup: GPUBindGroup;
  readonly groups: Groups;
}

export function encode(pass: GPUComputePassEncoder, { pipeline, bindGroup, groups }: Launch): void {
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, bindGroup);
  pass.dispatchWorkgroups(...groups);
}
