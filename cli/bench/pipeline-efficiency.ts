/**
 * @file Acceptance 3: what a pipeline delivers of what its slowest stage allows, stage times as the workers took them while
 * all worked, with what passes between a frame and the next that waits; and the simulator, given these times, against what was measured.
 */
import { dealOf } from '../../src/core/planning/deal.ts';
import { simulate } from '../../src/core/planning/simulate.ts';
import { depthOf } from '../../src/core/planning/plan.ts';
import type { PlanEntry } from '../../src/playground/plan-report.ts';
import { figure } from '../../src/ui/number-format.ts';
import { linesOfModels } from './models.ts';
import { labelOf, planOn } from './pipeline-plans.ts';
import type { Line } from './report.ts';

const ROUNDS = 5;
const FRAMES = 400;

const inSeconds = (ms: readonly (readonly number[])[]): readonly (readonly number[])[] =>
  ms.map((stage) => stage.map((time) => time / 1000));

/** Single, replicated, and pipelines of several cuts. */
function various(plans: readonly PlanEntry[]): readonly PlanEntry[] {
  const pipelines = plans.filter(({ kind }) => kind === 'pipeline');
  return [
    ...plans.filter(({ kind }) => kind === 'single' || kind === 'replicated').slice(0, 3),
    ...pipelines,
  ].slice(0, 6);
}

function linesOf(model: string, entry: PlanEntry): readonly Line[] {
  const { measured, predicted } = entry;
  if (!measured?.memberMs) return [];
  const { full, between = [], alone } = measured.memberMs;
  const occupied = full.map((stage, s) => stage.map((time, m) => time + (between[s]?.[m] ?? 0)));
  const [memberSeconds, aloneSeconds] = [inSeconds(occupied), inSeconds(alone)];
  const slowestOf = (seconds: readonly (readonly number[])[]): number =>
    Math.max(...seconds.map((members) => dealOf(members).secondsPerFrame));
  const slowest = slowestOf(memberSeconds);
  const hopSeconds = (predicted.hopMs ?? []).map((ms) => ms / 1000);
  const saturated = simulate({ costs: { memberSeconds, hopSeconds }, frames: FRAMES, depth: depthOf(entry) });
  const lone = simulate({ costs: { memberSeconds: aloneSeconds, hopSeconds }, frames: 4, sourceFps: 0.1 });
  const name = `${model}, ${labelOf(entry)}`;
  const ofRuns = figure(measured.throughputFps * slowestOf(inSeconds(full)));
  const note = `${ofRuns} by the segments' runs alone; ${figure(measured.throughputFps)} frames/s, ${figure(measured.latencyMs)} ms, n ${measured.n}`;
  return [
    { name: `${name}: efficiency`, value: measured.throughputFps * slowest, target: { least: 0.95 }, note },
    {
      name: `${name}: |simulated / measured throughput − 1|`,
      value: Math.abs(saturated.throughputFps / measured.throughputFps - 1),
      target: { most: 0.05 },
      note: `${figure(saturated.throughputFps)} frames/s`,
    },
    {
      name: `${name}: |simulated / measured latency − 1|`,
      value: Math.abs((lone.latencySeconds.median * 1000) / measured.latencyMs - 1),
      target: { most: 0.15 },
      note: `${figure(lone.latencySeconds.median * 1000)} ms`,
    },
  ];
}

export const efficiencyLines = (models: readonly string[]): Promise<readonly Line[]> =>
  linesOfModels(models, async (page, model) => {
    const { plans } = await planOn(page, {});
    const raced = await planOn(page, { among: various(plans).map(labelOf), rounds: ROUNDS });
    return raced.plans.flatMap((entry) => linesOf(model, entry));
  });
