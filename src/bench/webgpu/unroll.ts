/**
 * @file Unrolls a shader, for WGSL has neither macros nor arrays that are sure to live in registers. The source in the
 * repository is valid WGSL, the kernel with one chain and one line; a line that ends in `// @name` is written `name`
 * times. In a line with several marks the last is the inner one, and counts: its copies have `_0`, `_1`, … for `_0` and
 * `0u`, `1u`, … for `0u`. `const name = 1u;` becomes the count. Whether compilers would unroll by themselves is not left
 * to chance: a rolled loop can lose most of the arithmetic rate (METHOD §2).
 */

/** How often each mark's lines are written, 1…1024. */
export type Counts = Readonly<Record<string, number>>;

const MARKS = /((?:\s*\/\/ @\w+)+)$/;

/** The shader with every marked line written out. Throws on a mark without a count: a bug. */
export function unroll(source: string, counts: Counts): string {
  return source
    .split('\n')
    .flatMap((line) => unrolledLine(withCounts(line, counts), counts))
    .join('\n');
}

function withCounts(line: string, counts: Counts): string {
  return line.replace(/^const (\w+) = 1u;/, (whole, name: string) => {
    const count = counts[name];
    return count === undefined ? whole : `const ${name} = ${count}u;`;
  });
}

function unrolledLine(line: string, counts: Counts): readonly string[] {
  const marks = MARKS.exec(line)?.[1];
  if (marks === undefined) return [line];
  const body = line.slice(0, line.length - marks.length);
  const names = [...marks.matchAll(/@(\w+)/g)].map(([, name = '']) => name);
  const numbers = names.map((name) => {
    const count = counts[name];
    if (count === undefined) throw new Error(`nobody says how often @${name} is written`);
    return count;
  });
  const inner = numbers.at(-1) ?? 1;
  const outer = numbers.slice(0, -1).reduce((product, count) => product * count, 1);
  const copies = Array.from({ length: inner }, (_, i) =>
    body.replaceAll(/_0\b/g, `_${i}`).replaceAll(/\b0u\b/g, `${i}u`),
  );
  return Array.from({ length: outer }, () => copies).flat();
}
