import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runReference } from '../../fixtures/program-reference.ts';
import { inputOf, programOf, programSpec, relativeError } from '../../fixtures/random-program.ts';
import type { Program } from '../program.ts';
import { hasRelaxedSimd } from './kernel-code.ts';
import { WasmProgram } from './wasm-program.ts';

const target = { relaxed: hasRelaxedSimd(), shared: false };

/** Of a run by the variant `choice` of each convolution. */
function errorOf(program: Program, choice: number, seed: number): number {
  const input = inputOf(program, seed);
  const run = new WasmProgram(program, {
    target,
    choose: (_, variants) => variants[choice % variants.length],
  });
  // Twice: what a run leaves behind must not reach the next.
  run.run(input.map((x) => 3 - x));
  return relativeError(run.run(input), runReference(program, input));
}

describe('WasmProgram', () => {
  it('computes random programs, by every variant of its convolutions', () => {
    fc.assert(
      fc.property(programSpec, fc.nat(7), (spec, choice) => {
        expect(errorOf(programOf(spec), choice, spec.seed)).toBeLessThan(2e-5);
      }),
      { numRuns: 600 },
    );
  }, 120_000);
});
