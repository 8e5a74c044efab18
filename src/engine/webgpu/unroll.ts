/**
 * @file Unrolls a shader, for WGSL has neither macros nor arrays that are sure to live in registers. The source in the
 * repository is the kernel with one pixel, one quad, one tap. A line that ends in `// @p @q` is written once for each p and q
 * (q the inner one), `p` and `_p` in it replaced by `3u` and `_3`; a line `{ // @p @q` begins a block, up to the `}` below it,
 * that is written so; `const p = 0u;`, which stands in for the index, goes. A name that follows from others, as
 * `j = p * stride + k`, is replaced the same way.
 */

/** How often the lines of each index are written, 0…1024. */
export type Counts = Readonly<Record<string, number>>;
type Index = Readonly<Record<string, number>>;
/** Indices that follow from others; NaN where those are not known. */
export type Derived = Readonly<Record<string, (index: Index) => number>>;

const MARKS = /((?:\s*\/\/ @\w+)(?:\s*@\w+)*)$/;

/** The shader with every marked line written out. Throws on an index without a count: a bug. */
export function unroll(source: string, counts: Counts, derived: Derived = {}): string {
  const stand = new RegExp(`^const (?:${[...Object.keys(counts), ...Object.keys(derived)].join('|')}) = 0u;`);
  const lines = source.split('\n').filter((line) => !stand.test(line));
  const numbered = lines.map((line) => withCount(line, counts));
  return unrolled(numbered, {}, counts, derived).join('\n');
}

/** `const p_count = 1u;` becomes the count of p. */
function withCount(line: string, counts: Counts): string {
  return line.replace(/^const (\w+)_count = 1u;/, (whole, name: string) => {
    const count = counts[name];
    return count === undefined ? whole : `const ${name}_count = ${count}u;`;
  });
}

function unrolled(
  lines: readonly string[],
  outer: Index,
  counts: Counts,
  derived: Derived,
): readonly string[] {
  const result: string[] = [];
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? '';
    const marks = MARKS.exec(line)?.[1] ?? '';
    const body = line.slice(0, line.length - marks.length);
    const names = [...marks.matchAll(/@(\w+)/g)].map(([, name = '']) => name);
    const indices = indicesOf(names, outer, counts);
    if (names.length > 0 && body.trim() === '{') {
      const end = lines.indexOf(body.replace('{', '}'), at);
      const block = [body, ...lines.slice(at + 1, end + 1)];
      for (const index of indices) result.push(...unrolled(block, index, counts, derived));
      at = end;
    } else for (const index of indices) result.push(written(body, index, derived));
  }
  return result;
}

function indicesOf(names: readonly string[], outer: Index, counts: Counts): readonly Index[] {
  return names.reduce<readonly Index[]>(
    (indices, name) => {
      const count = counts[name];
      if (count === undefined) throw new Error(`nobody says how often @${name} is written`);
      return indices.flatMap((index) => Array.from({ length: count }, (_, i) => ({ ...index, [name]: i })));
    },
    [outer],
  );
}

function written(body: string, index: Index, derived: Derived): string {
  const further = Object.entries(derived).map(([name, value]) => [name, value(index)] as const);
  return [...Object.entries(index), ...further]
    .filter(([, value]) => !Number.isNaN(value))
    .reduce(
      (text, [name, value]) =>
        text
          .replaceAll(new RegExp(`_${name}(?![a-zA-Z0-9])`, 'g'), `_${value}`)
          .replaceAll(new RegExp(`\\b${name}\\b`, 'g'), `${value}u`),
      body,
    );
}
