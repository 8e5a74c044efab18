/** @file Live throughput, latency and load of the main thread, ours and the peers', in turns. */
import process from 'node:process';
import type { Objective } from '../../src/core/planning/objective.ts';
import { planLabel } from '../../src/core/planning/plan.ts';
import { median } from '../../src/core/stats.ts';
import type { Failure } from '../../src/playground/console-api.ts';
import type { PlanReport } from '../../src/playground/plan-report.ts';
import { figure } from '../../src/ui/number-format.ts';
import { CAMERA_FPS } from './peers-files.ts';
import { takeTurn, type Contest, type Contestant, type Turn } from './peers-pages.ts';
import type { Window } from './peers-windows.ts';
import { ratioOf, spreadText, type Line } from './report.ts';

type Turns = ReadonlyMap<Contestant, readonly Turn[]>;

/** Each in turn, `count` times. Whoever reads another label in the same picture has other weights or a fault. */
async function takeTurns(contestants: readonly Contestant[], count: number, fps: number): Promise<Turns> {
  const turns = new Map<Contestant, Turn[]>(contestants.map((each) => [each, []]));
  for (let turn = 0; turn < count; turn++) {
    for (const each of contestants) {
      const taken = await takeTurn(each, fps);
      turns.get(each)?.push(taken);
      const rate = figure(median(taken.windows.map(({ throughputFps }) => throughputFps)) ?? NaN);
      process.stderr.write(`turn ${turn + 1}: ${each.name}, ${rate} frames/s, ${taken.label}\n`);
    }
  }
  checkAgreement([...turns].map(([{ name }, [first]]) => [name, first?.label ?? '']));
  return turns;
}

function checkAgreement(labels: readonly (readonly [name: string, label: string])[]): string {
  const [[, first] = ['', '']] = labels;
  const said = labels.map(([name, label]) => `${name}: ${label}`).join('; ');
  if (first === '' || labels.some(([, label]) => label !== first)) throw new Error(`labels differ: ${said}`);
  return first;
}

/** Whose labels do not hang on the crop: the peers squeeze the whole picture into a square, we cut the middle out of it. */
const PICTURES = ['coffee', 'chelsea'];

/** Before anything is timed: one picture, one label. */
async function checkLabels(contestants: readonly Contestant[]): Promise<void> {
  for (const { name, engine } of contestants) process.stdout.write(`  ${name}: ${engine}\n`);
  for (const name of PICTURES) {
    const labels: (readonly [string, string])[] = [];
    for (const each of contestants) labels.push([each.name, await each.labelOf(`/samples/${name}.jpg`)]);
    process.stdout.write(`  all ${labels.length} see in ${name}.jpg: ${checkAgreement(labels)}\n`);
  }
}

/** Measures the device where it was not, plans, and says what is in force. */
async function plan({ page }: Contestant, objective: Objective): Promise<string> {
  const answer = await page.evaluate<PlanReport | Failure>(`(async () => {
    const measured = ridgepoint.playground.state.profile ?? (await ridgepoint.roofline());
    const found = measured.error ? null : await ridgepoint.playground.plan({ objective: '${objective}' });
    return found === null ? measured : found.ok ? found.value : { error: found.error };
  })()`);
  if ('error' in answer) throw new Error(JSON.stringify(answer.error));
  const { chosen } = answer;
  const raced = chosen.measured ? `, ${figure(chosen.measured.throughputFps)} frames/s when raced` : '';
  return `${planLabel(chosen)}${raced}`;
}

const all = (turns: Turns, who: Contestant, of: (turn: Turn) => readonly number[]): readonly number[] =>
  (turns.get(who) ?? []).flatMap(of);
const rates = ({ windows }: Turn): readonly number[] => windows.map(({ throughputFps }) => throughputFps);
const latencies = ({ windows }: Turn): readonly number[] =>
  windows.map(({ latencyP95Ms }: Window) => latencyP95Ms);
const percents = ({ busy }: Turn): readonly number[] => busy.map((fraction) => 100 * fraction);

/** Window by window, those of the same place in the same turn. */
const ratiosOf = (above: readonly number[], below: readonly number[]): readonly number[] =>
  above.map((value, i) => value / (below[i] ?? NaN));

export async function throughputLines(contest: Contest, count: number): Promise<readonly Line[]> {
  const { ours, onnxruntime, threaded, transformers } = contest;
  const peers = [onnxruntime, threaded, transformers];
  await checkLabels([ours, ...peers]);
  const inForce = await plan(ours, 'fastest');
  const turns = await takeTurns([ours, ...peers], count, CAMERA_FPS);
  const our = all(turns, ours, rates);
  const ratio = (peer: Contestant, target: Line['target']): Line => {
    const their = all(turns, peer, rates);
    return {
      name: `frames/s, ours / ${peer.name}`,
      value: ratioOf(our, their),
      target,
      note: `${spreadText(ratiosOf(our, their))} windows; ours ${spreadText(our)}, theirs ${spreadText(their)}`,
    };
  };
  const busy = (who: Contestant, target: Line['target']): Line => {
    const values = all(turns, who, percents);
    return {
      name: `main thread busy, %: ${who.name}`,
      value: median(values) ?? NaN,
      target,
      note: spreadText(values),
    };
  };
  process.stdout.write(`  our plan: ${inForce}\n`);
  return [
    ratio(onnxruntime, { least: 2 }),
    ratio(transformers, { least: 2 }),
    ratio(threaded, null),
    busy(ours, { most: 10 }),
    ...peers.map((peer) => busy(peer, null)),
  ];
}

export async function smoothLines(
  { ours, onnxruntime }: Contest,
  count: number,
  fps: number,
): Promise<readonly Line[]> {
  const inForce = await plan(ours, 'smooth');
  const turns = await takeTurns([ours, onnxruntime], count, fps);
  const [our, their] = [all(turns, ours, latencies), all(turns, onnxruntime, latencies)];
  process.stdout.write(`  our plan: ${inForce}\n`);
  const rate = (who: Contestant): string => figure(median(all(turns, who, rates)) ?? NaN);
  return [
    {
      name: `p95 latency, ours / ${onnxruntime.name}`,
      value: ratioOf(our, their),
      target: { most: 1 },
      note: `${spreadText(ratiosOf(our, their))} windows; ours ${spreadText(our)} ms at ${rate(ours)}/s, theirs ${spreadText(their)} ms at ${rate(onnxruntime)}/s`,
    },
  ];
}
