/**
 * @file `npm run bench:cost`: the calibrated cost model and the Roofline against what the engine measures, for models that neither
 * was fitted on: those shipped, and known networks with random weights. A turn calibrates once, then measures every model;
 * figures are medians of turns. Usage: npm run bench:cost [-- --turns 3] [--only REGEXP] [--processor wasm:1] [--json FILE]
 */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { serializeModel } from '../../src/core/onnx/serialize.ts';
import { median } from '../../src/core/stats.ts';
import { KNOWN_NETS } from '../../src/fixtures/known-nets.ts';
import type { CostsReport } from '../../src/playground/console-api.ts';
import type { PredictedCosts } from '../../src/playground/compare-costs.ts';
import { figure } from '../../src/ui/number-format.ts';
import { ROOT } from '../input.ts';
import { call, openPage } from './page.ts';
import { lineText, meets, type Line } from './report.ts';

const { values } = parseArgs({
  options: {
    turns: { type: 'string', default: '3' },
    only: { type: 'string', default: '.' },
    processor: { type: 'string', default: 'wasm:1' },
    json: { type: 'string' },
  },
});

/** `large` is for file sizes, not for times. */
const GENERATED = Object.entries(KNOWN_NETS).filter(([name]) => name !== 'large');

/** Where each model is, as an argument of the page's verb. */
function choices(folder: string): {
  readonly models: ReadonlyMap<string, object>;
  readonly routes: ReadonlyMap<string, string>;
} {
  const wanted = (name: string): boolean => new RegExp(values.only).test(name);
  const routes = new Map<string, string>();
  const models = new Map<string, object>();
  for (const id of readdirSync(join(ROOT, 'public', 'models')).filter(wanted)) models.set(id, { model: id });
  for (const [name, make] of GENERATED.filter(([name]) => wanted(name))) {
    const [pathname, path] = [`/bench/${name}.onnx`, join(folder, `${name}.onnx`)];
    writeFileSync(path, serializeModel(make()));
    routes.set(pathname, path);
    models.set(name, { modelUrl: `.${pathname}` });
  }
  return { models, routes };
}

const middle = (turns: readonly CostsReport[], of: (turn: CostsReport) => number | null): number =>
  median(turns.flatMap((turn) => of(turn) ?? [])) ?? NaN;
const percent = (fraction: number): string => `${figure(100 * fraction)} %`;
const ms = (seconds: number): string => `${figure(1e3 * seconds)} ms`;

/** The error of the whole, the layers' errors and their order, each with the Roofline's beside. */
function linesOf(name: string, turns: readonly CostsReport[]): readonly Line[] {
  const of =
    (pick: (costs: PredictedCosts) => number | null) =>
    (turn: CostsReport): number | null =>
      turn.calibrated && pick(turn.calibrated);
  const roofline = (pick: (costs: PredictedCosts) => number | null): number =>
    middle(turns, ({ roofline: costs }) => pick(costs));
  const errors = turns.flatMap(({ calibrated }) => (calibrated ? [percent(calibrated.error)] : []));
  const measured = ms(middle(turns, ({ measuredSeconds }) => measuredSeconds));
  const predicted = ms(
    middle(
      turns,
      of(({ seconds }) => seconds),
    ),
  );
  const runs = turns.reduce((sum, { n }) => sum + n, 0);
  const layers = `n ${turns[0]?.layers ?? 0} layers × ${turns.length}`;
  return [
    {
      name: `${name}: error of the whole, %`,
      value:
        100 *
        middle(
          turns,
          of(({ error }) => Math.abs(error)),
        ),
      target: { most: 10 },
      note: `${predicted} for ${measured}, n ${runs} runs; by turns ${errors.join(', ')}; states ${percent(
        middle(
          turns,
          of(({ statedError }) => statedError),
        ),
      )}; Roofline ${percent(roofline(({ error }) => error))}`,
    },
    {
      name: `${name}: MAPE of layers, %`,
      value:
        100 *
        middle(
          turns,
          of(({ layerMape }) => layerMape),
        ),
      target: { most: 20 },
      note: `${layers}; Roofline ${percent(roofline(({ layerMape }) => layerMape))}`,
    },
    {
      name: `${name}: Spearman of layers`,
      value: middle(
        turns,
        of(({ layerSpearman }) => layerSpearman),
      ),
      target: { least: 0.95 },
      note: `${layers}; ${figure(
        middle(
          turns,
          of(({ spearmanOfKinds }) => spearmanOfKinds),
        ),
      )} by who knows all but that equal layers differ; Roofline ${figure(roofline(({ layerSpearman }) => layerSpearman))}`,
    },
  ];
}

const folder = mkdtempSync(join(tmpdir(), 'ridgepoint-bench-'));
const found = new Map<string, CostsReport[]>();
const calibrations: number[] = [];
try {
  const { models, routes } = choices(folder);
  const page = await openPage('chromium', routes);
  try {
    for (let turn = 0; turn < Number(values.turns); turn++) {
      let recalibrate = true;
      for (const [name, model] of models) {
        const argument = { ...model, processor: values.processor, recalibrate };
        const report = await call<CostsReport>(page, `ridgepoint.costs(${JSON.stringify(argument)})`);
        if (recalibrate) calibrations.push(report.calibrationSeconds ?? NaN);
        recalibrate = false;
        found.set(name, [...(found.get(name) ?? []), report]);
        process.stderr.write(`turn ${turn + 1}: ${name}\n`);
      }
    }
  } finally {
    await page.close();
  }
} finally {
  rmSync(folder, { recursive: true });
}

const lines: readonly Line[] = [
  {
    name: `calibrating ${values.processor} takes, s`,
    value: Math.max(...calibrations),
    target: { most: 5 },
    note: `the longest of ${calibrations.length}`,
  },
  ...[...found].flatMap(([name, turns]) => linesOf(name, turns)),
];
process.stdout.write(`${lines.map(lineText).join('\n')}\n`);
process.stdout.write(`${lines.filter(meets).length} of ${lines.length} lines meet their targets.\n`);
if (values.json !== undefined) writeFileSync(values.json, JSON.stringify(Object.fromEntries(found), null, 2));
