/**
 * @file `npm run bench:roofline`: every line of the Roofline's acceptance list, measured here and now, with n. Ratios are
 * taken in one run: what is compared alternates. Needs a C compiler; Firefox is installed where apt may be used.
 * Usage: npm run bench:roofline [-- --only native,shapes,repeat,firefox,times,knee] [--json FILE]
 */
import { writeFileSync } from 'node:fs';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { lineText, meets, type Line } from './report.ts';
import { firefoxLines } from './roofline-firefox.ts';
import { kneeLines } from './roofline-knee.ts';
import { nativeLines } from './roofline-native.ts';
import { repeatLines } from './roofline-repeat.ts';
import { shapeLines } from './roofline-shapes.ts';
import { timeLines } from './roofline-times.ts';

const SECTIONS: Readonly<Record<string, readonly [title: string, run: () => Promise<readonly Line[]>]>> = {
  native: ['1 WASM against native loops of the same vector width', nativeLines],
  shapes: ['2 The chosen kernel shape against an exhaustive sweep', shapeLines],
  repeat: ['3 Five quick profiles', repeatLines],
  firefox: ['4 Firefox on lavapipe: slopes against timestamps', firefoxLines],
  times: ['5 Click to chart, main thread, cancel', timeLines],
  knee: ['7 The knee of the intensity sweep against π/β', kneeLines],
};

const { values } = parseArgs({ options: { only: { type: 'string' }, json: { type: 'string' } } });
const wanted = values.only?.split(',') ?? Object.keys(SECTIONS);
const unknown = wanted.find((name) => !(name in SECTIONS));
if (unknown !== undefined) {
  process.stderr.write(`There is no section “${unknown}”: use ${Object.keys(SECTIONS).join(', ')}.\n`);
  process.exit(2);
}

const report: Record<string, readonly Line[]> = {};
for (const name of wanted) {
  const section = SECTIONS[name];
  if (!section) continue;
  const [title, run] = section;
  process.stdout.write(`${title}\n`);
  const lines = await run();
  process.stdout.write(`${lines.map(lineText).join('\n')}\n\n`);
  report[name] = lines;
}
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(report, null, 2)}\n`);
const all = Object.values(report).flat();
process.stdout.write(`${all.filter(meets).length} of ${all.length} lines meet their targets.\n`);
