/**
 * @file `npm run bench:pipeline`: plans on this machine, held against every plan there is, and pipelines against their own
 * stages and the simulator. What is compared is run in turn, in one race. Endurance runs the modules as they stand.
 * Usage: npm run bench:pipeline [-- --only regret,efficiency,endurance,input,hand-over] [--models ID,…] [--json FILE]
 */
import process from 'node:process';
import { parseArgs } from 'node:util';
import { efficiencyLines } from './pipeline-efficiency.ts';
import { enduranceLines } from './pipeline-endurance.ts';
import { handOverLines } from './pipeline-hand-over.ts';
import { inputLines } from './pipeline-input.ts';
import { regretLines } from './pipeline-regret.ts';
import { runSections, type Sections } from './sections.ts';

const { values } = parseArgs({
  options: { only: { type: 'string' }, models: { type: 'string' }, json: { type: 'string' } },
});
const models = values.models?.split(',') ?? ['efficientnet-lite0', 'rep-tiny', 'mobilenet-v2', 'resnet-18'];

const SECTIONS: Sections = {
  regret: ['1 The plan in force against the best of all plans', () => regretLines(models)],
  efficiency: ['3 Pipelines against their stages, and the simulator', () => efficiencyLines(models)],
  endurance: ['5 The heap over 10,000 frames', enduranceLines],
  input: ['Pre-processing', inputLines],
  'hand-over': ['From worker to worker', handOverLines],
};

process.exitCode = await runSections(SECTIONS, values);
