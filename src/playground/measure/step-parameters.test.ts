import { describe, expect, it } from 'vitest';
import { deviceOf, everyStep, NotingWorkers, PROFILES, VISITING } from '../../fixtures/measuring.ts';
import type { Effort } from '../../core/profile/profile.ts';
import type { Capabilities } from '../../platform/capabilities.ts';
import type { BenchRequest } from '../../workers/bench.api.ts';

/** Every request of every step, as the workers see it: with fast kernels, then with slow ones. */
async function everyRequest(capabilities: Capabilities, effort: Effort): Promise<readonly BenchRequest[]> {
  const requests = await Promise.all(
    [1e-9, 1].map(async (seconds) => {
      const noting = new NotingWorkers(() => seconds);
      for (const step of everyStep(capabilities, effort)) await step.visit(noting.workers, VISITING);
      return noting.requests();
    }),
  );
  return requests.flat();
}

/** How often one invocation goes round its loops: lavapipe ends a shader after 65,535 turns. */
const MOST_TURNS = 65_535;
const MOST_GROUPS = 65_535;
/** What every adapter grants for one binding. */
const MOST_BINDING_BYTES = 2 ** 27;
const isPowerOfTwo = (n: number): boolean => Number.isInteger(Math.log2(n));
const isCount = (n: number): boolean => Number.isInteger(n) && n >= 1;

/** What must hold of the parameters, each with a name. */
function rulesOf(request: BenchRequest): Readonly<Record<string, boolean>> {
  switch (request.kernel) {
    case 'webgpu.fma.f32':
    case 'webgpu.fma.f16':
    case 'webgpu.dot.i8': {
      const { chains, lines, loops, lanes, workgroupSize } = request.params;
      const steps = loops * lines;
      const bytes = { 'webgpu.fma.f32': 16, 'webgpu.fma.f16': 8, 'webgpu.dot.i8': 4 }[request.kernel];
      return {
        'whole loops': isCount(loops),
        'whole workgroups': isCount(lanes / workgroupSize),
        'few enough workgroups': lanes / workgroupSize <= MOST_GROUPS,
        'a workgroup that fits': workgroupSize <= 256,
        'few enough turns': loops <= MOST_TURNS,
        'results in one binding': lanes * chains * bytes <= MOST_BINDING_BYTES,
        'exact f32': request.kernel !== 'webgpu.fma.f32' || 1024 * chains + steps < 2 ** 22,
        'exact f16': request.kernel !== 'webgpu.fma.f16' || steps <= 1024,
      };
    }
    case 'webgpu.read':
    case 'webgpu.write':
    case 'webgpu.copy':
    case 'webgpu.triad': {
      const { arrayBytes, passes, workgroupSize, workgroups } = request.params;
      const [words, lanes] = [arrayBytes / 16, workgroupSize * workgroups];
      return {
        'a power of two': isPowerOfTwo(arrayBytes) && isPowerOfTwo(lanes),
        'no more lanes than words': lanes <= words,
        'whole passes': isCount(passes),
        'few enough turns': (passes * words) / lanes <= MOST_TURNS,
        'a grid that fits': workgroups <= MOST_GROUPS && workgroupSize <= 256,
        'arrays in one binding': arrayBytes <= MOST_BINDING_BYTES,
      };
    }
    case 'webgpu.intensity': {
      const { arrayBytes, steps, chains, workgroupSize, workgroups } = request.params;
      const wordsATurn = workgroupSize * workgroups * chains;
      return {
        'a power of two': isPowerOfTwo(arrayBytes) && isPowerOfTwo(steps),
        // Beyond the end of the array a chain would read what it must not write.
        'whole turns': isCount(arrayBytes / 16 / wordsATurn),
        'few enough turns': (arrayBytes / 16 / wordsATurn) * Math.max(1, steps / 32) <= MOST_TURNS,
        'arrays in one binding': arrayBytes <= MOST_BINDING_BYTES,
        'exact f32': 2 ** 20 + steps < 2 ** 24,
      };
    }
    case 'webgpu.workgroup': {
      const { workgroupSize, lanes, lines, loops } = request.params;
      return {
        'a divisor of 256': isCount(256 / workgroupSize),
        'whole workgroups': isCount(lanes / workgroupSize) && lanes / workgroupSize <= MOST_GROUPS,
        'few enough turns': loops <= MOST_TURNS && isCount(lines),
      };
    }
    case 'webgpu.matmul': {
      const { n } = request.params;
      return { 'whole tiles': isCount(n / 32), 'exact sums': n <= 1024, 'few enough turns': n <= MOST_TURNS };
    }
    case 'webgpu.upload':
    case 'webgpu.download':
      return { 'whole words': isCount(request.params.sizeBytes / 4) };
    case 'wasm.fma.scalar':
    case 'wasm.fma.simd':
    case 'wasm.fma.relaxed':
      return { 'exact f32': isCount(request.params.steps) && 48 + request.params.steps < 2 ** 24 };
    case 'wasm.read':
    case 'wasm.write':
    case 'wasm.copy':
    case 'wasm.triad':
      return { 'whole turns': isCount(request.params.arrayBytes / 64) };
    case 'wasm.intensity.simd':
    case 'wasm.intensity.relaxed': {
      const { arrayBytes, steps } = request.params;
      return {
        'many blocks': arrayBytes >= 1000 * 192,
        'exact f32': isCount(steps) && 2 ** 20 + steps < 2 ** 24,
      };
    }
    case 'webgpu.dispatch':
    case 'webgpu.submit':
    case 'webgpu.first-use':
      return { 'no parameters': Object.keys(request.params).length === 0 };
  }
}

describe.each(PROFILES)('the parameters of a %s profile with %s', (effort, device) => {
  it('keep to what their kernels promise', async () => {
    const requests = await everyRequest(deviceOf(device), effort);
    expect(requests.length).toBeGreaterThan(20);
    for (const request of requests) {
      const broken = Object.entries(rulesOf(request)).filter(([, holds]) => !holds);
      expect(broken, JSON.stringify(request)).toEqual([]);
    }
  });
});
