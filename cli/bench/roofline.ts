/**
 * @file `npm run bench:roofline`: every line of the Roofline's acceptance list, measured here and now, with n. Ratios are
 * taken in one run: what is compared alternates. Needs a C compiler; Firefox is installed where apt may be used.
 * Usage: npm run bench:roofline [-- --only native,shapes,repeat,firefox,times,knee] [--json FILE]
 */
import process from 'node:process';
import { parseArgs } from 'node:util';
import { firefoxLines } from './roofline-firefox.ts';
import { kneeLines } from './roofline-knee.ts';
import { nativeLines } from './roofline-native.ts';
import { repeatLines } from './roofline-repeat.ts';
import { shapeLines } from './roofline-shapes.ts';
import { timeLines } from './roofline-times.ts';
import { runSections, type Sections } from './sections.ts';

const SECTIONS: Sections = {
  native: ['1 WASM against native loops of the same vector width', nativeLines],
  shapes: ['2 The chosen kernel shape against an exhaustive sweep', shapeLines],
  repeat: ['3 Five quick profiles', repeatLines],
  firefox: ['4 Firefox on lavapipe: slopes against timestamps', firefoxLines],
  times: ['5 Click to chart, main thread, cancel', timeLines],
  knee: ['7 The knee of the intensity sweep against π/β', kneeLines],
};

const { values } = parseArgs({ options: { only: { type: 'string' }, json: { type: 'string' } } });
process.exitCode = await runSections(SECTIONS, values);
