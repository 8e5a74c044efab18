/**
 * @file `npm run bench:codesign`: the front of this device against what runs – predictions against measurements, designs that
 * the front leaves out, every plan of some configurations – and what designs do live: how fast one takes over, how the governor
 * holds a rate beside a program that burns the CPU.
 * Usage: npm run bench:codesign [-- --only front,exhaustive,apply,governor] [--models ID,…] [--json FILE]
 */
import process from 'node:process';
import { parseArgs } from 'node:util';
import { exhaustiveLines, frontLines } from './codesign-front.ts';
import { applyLines, governorLines } from './codesign-live.ts';
import { runSections, type Sections } from './sections.ts';

const { values } = parseArgs({
  options: { only: { type: 'string' }, models: { type: 'string' }, json: { type: 'string' } },
});
const models = values.models?.split(',') ?? ['rep-tiny', 'rep-digits', 'efficientnet-lite0'];

const SECTIONS: Sections = {
  front: ['3, 4 The front: predicted, run, and against what it leaves out', () => frontLines(models)],
  exhaustive: ['3 The front against every plan of some configurations', exhaustiveLines],
  apply: ['4 A design takes over live', applyLines],
  governor: ['5 The governor beside a CPU burner', governorLines],
};

process.exitCode = await runSections(SECTIONS, values);
