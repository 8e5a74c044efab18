/**
 * @file Acceptance 3 and 4 of co-design: what the front's designs do against what was predicted of them; whether designs that the
 * front leaves out beat it; and its hypervolume against that of every plan of some configurations, all of which ran.
 */
import { networkOf, type Design, type MeasuredRates } from '../../src/core/codesign/design.ts';
import { beats, frontOf } from '../../src/core/codesign/front.ts';
import { hypervolumeOf, referenceOf } from '../../src/core/codesign/hypervolume.ts';
import { uniform } from '../../src/core/random.ts';
import { MAD_OF_NORMAL, median } from '../../src/core/stats.ts';
import type { DesignSpace } from '../../src/playground/codesign/design-space.ts';
import { figure } from '../../src/ui/number-format.ts';
import { linesOfModels } from './models.ts';
import { call, type BenchPage } from './page.ts';
import type { Line } from './report.ts';

/** Of those that the front leaves out. */
const CHECKED = 20;
/** A design beats the front by more than so many standard errors: of twenty, one would by two (Bonferroni: 3.0 for 5 % of all). */
const SIGMAS = 3;
/** Designs of the exhaustive sub-space, at least. */
const SUB_SPACE = 60;

const explore = (page: BenchPage): Promise<DesignSpace> =>
  call<DesignSpace>(
    page,
    `ridgepoint.playground.explore({}).then((found) => (found.ok ? found.value : { error: found.error }))`,
  );

const frontIn = ({ designs, front }: DesignSpace): readonly Design[] =>
  designs.filter(({ id }) => front.includes(id));

interface Misjudged {
  /** |measured / predicted − 1|. */
  readonly error: number;
  readonly what: string;
}

/** Both figures of every design that ran. */
function misjudged(designs: readonly Design[]): readonly Misjudged[] {
  return designs.flatMap(({ id, predicted, measured }) => {
    if (!measured) return [];
    const said = (figureName: string, ran: number, expected: number): Misjudged => ({
      error: Math.abs(ran / expected - 1),
      what: `${figureName} of ${id}, ${figure(ran)} instead of ${figure(expected)}`,
    });
    return [
      said('frames/s', measured.throughputFps, predicted.throughputFps),
      said('ms alone', 1e3 * measured.latencySeconds, 1e3 * predicted.latencySeconds),
    ];
  });
}

export const frontLines = (models: readonly string[]): Promise<readonly Line[]> =>
  linesOfModels(models, async (page, model) => {
    const space = await explore(page);
    const front = frontIn(space);
    const figures = misjudged(front).toSorted((a, b) => b.error - a.error);
    const errors = figures.map(({ error }) => error);
    const note = `${front.length} designs on the front, ${space.considered} priced`;
    const within = errors.filter((error) => error <= 0.1).length;
    return [
      {
        name: `${model}: seconds to the first front`,
        value: space.firstFrontSeconds,
        target: { most: 20 },
        note: `${space.configurations.length} configurations, ${space.considered} designs priced`,
      },
      {
        name: `${model}: median |measured / predicted − 1|`,
        value: median(errors) ?? NaN,
        target: { most: 0.05 },
        note,
      },
      {
        name: `${model}: largest |measured / predicted − 1|`,
        value: Math.max(...errors),
        target: { most: 0.1 },
        note: `${within} of ${errors.length} figures within 10 %; ${figures[0]?.what ?? ''}`,
      },
    ];
  });

/** Evenly spread over the configurations, so many that their plans are a sub-space of at least `SUB_SPACE` designs. */
async function runSubSpace(page: BenchPage, { configurations, considered }: DesignSpace) {
  const plans = considered / configurations.length;
  const count = Math.min(configurations.length, Math.ceil((1.3 * SUB_SPACE) / plans));
  const chosen = Array.from({ length: count }, (_, i) =>
    Math.round((i * (configurations.length - 1)) / Math.max(1, count - 1)),
  ).flatMap((at) => {
    const each = configurations[at];
    return each ? [networkOf({ model: each.model, configuration: each.id })] : [];
  });
  const runAll = async (): Promise<readonly Design[]> => {
    const ran: Design[] = [];
    for (const network of chosen)
      ran.push(
        ...(await call<readonly Design[]>(
          page,
          `ridgepoint.playground.runEveryPlan('${network}').then((ran) => (ran.ok ? ran.value : { error: ran.error }))`,
        )),
      );
    return ran;
  };
  // A minute or two apart: what one run says of its own error is too little, for machines have spells of seconds.
  return { chosen, ...bothRuns(await runAll(), await runAll()) };
}

/** The mean of two runs of each design, and the standard error of such a mean by how all of them differ from run to run. */
function bothRuns(first: readonly Design[], second: readonly Design[]) {
  const pairs = first.flatMap((design) => {
    const again = second.find(({ id }) => id === design.id);
    return design.measured && again?.measured
      ? [{ design, runs: [design.measured, again.measured] as const }]
      : [];
  });
  const errorOf = (of: (measured: MeasuredRates) => number): number => {
    const differences = pairs.map(({ runs: [a, b] }) => Math.abs(Math.log(of(b) / of(a))));
    return (median(differences) ?? NaN) / MAD_OF_NORMAL / 2;
  };
  const errors = {
    throughput: errorOf(({ throughputFps }) => throughputFps),
    latency: errorOf(({ latencySeconds }) => latencySeconds),
  };
  const ran = pairs.map(({ design, runs: [a, b] }): Design => ({
    ...design,
    measured: {
      throughputFps: (a.throughputFps + b.throughputFps) / 2,
      latencySeconds: (a.latencySeconds + b.latencySeconds) / 2,
      n: a.n + b.n,
      errors,
    },
  }));
  return { ran, errors };
}

export const exhaustiveLines = (): Promise<readonly Line[]> =>
  linesOfModels(['rep-tiny'], async (page, model) => {
    const space = await explore(page);
    const { chosen, ran, errors } = await runSubSpace(page, space);
    const found = frontOf(space.designs.filter((design) => chosen.includes(networkOf(design))));
    const foundIds = new Set(found.map(({ id }) => id));
    const [ours, others] = [
      ran.filter(({ id }) => foundIds.has(id)),
      ran.filter(({ id }) => !foundIds.has(id)),
    ];
    const best = frontOf(ran);
    const reference = referenceOf(ran);
    const share = hypervolumeOf(ours, reference) / hypervolumeOf(best, reference);
    const random = uniform(1);
    const checked = others
      .map((design) => [random(), design] as const)
      .toSorted(([a], [b]) => a - b)
      .slice(0, CHECKED)
      .map(([, design]) => design);
    const better = checked.filter((design) => beats(design, ours, SIGMAS));
    const note = `${ran.length} designs of ${chosen.length} configurations ran twice; ours ${ours.length}, best ${best.length}`;
    const noise = `${figure(100 * errors.throughput)} % of frames/s, ${figure(100 * errors.latency)} % of latency`;
    return [
      { name: `${model}: hypervolume of the front / of all`, value: share, target: { least: 0.98 }, note },
      {
        name: `${model}: designs left out that beat the front`,
        value: better.length,
        target: { most: 0 },
        note: `of ${checked.length} at random; by more than ${SIGMAS} standard errors of both (${noise})${better.map(({ id }) => `; ${id}`).join('')}`,
      },
    ];
  });
