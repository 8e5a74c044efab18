/** @file What every bench does with its sections: run those that are wanted, print, write JSON. */
import { writeFileSync } from 'node:fs';
import process from 'node:process';
import { lineText, meets, type Line } from './report.ts';

export type Sections = Readonly<
  Record<string, readonly [title: string, run: () => Promise<readonly Line[]>]>
>;

/** The exit code: 2 where `only` names what there is not. Misses are printed, and no failure of the bench. */
export async function runSections(
  sections: Sections,
  { only, json }: { readonly only?: string | undefined; readonly json?: string | undefined },
): Promise<0 | 2> {
  const wanted = only?.split(',') ?? Object.keys(sections);
  const unknown = wanted.find((name) => !(name in sections));
  if (unknown !== undefined) {
    process.stderr.write(`There is no section “${unknown}”: use ${Object.keys(sections).join(', ')}.\n`);
    return 2;
  }
  const report: Record<string, readonly Line[]> = {};
  for (const name of wanted) {
    const section = sections[name];
    if (!section) continue;
    const [title, run] = section;
    process.stdout.write(`${title}\n`);
    const lines = await run();
    process.stdout.write(`${lines.map(lineText).join('\n')}\n\n`);
    report[name] = lines;
  }
  if (json !== undefined) writeFileSync(json, `${JSON.stringify(report, null, 2)}\n`);
  const all = Object.values(report).flat();
  process.stdout.write(`${all.filter(meets).length} of ${all.length} lines meet their targets.\n`);
  return 0;
}
