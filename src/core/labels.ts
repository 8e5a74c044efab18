/** @file A labels file: one class name a line, or a JSON list of them, in the order of the model's outputs. */
import type { AppError } from './errors.ts';
import { err, ok, type Result } from './result.ts';

/** The names, `classes` of them; an error says what does not fit. */
export function parseLabelsFile(
  text: string,
  classes: number,
): Result<readonly string[], Extract<AppError, { code: 'labels-invalid' }>> {
  const names = text.trimStart().startsWith('[') ? listOf(text) : linesOf(text);
  if (names === null) return err({ code: 'labels-invalid', detail: 'it is not a list of texts' });
  return names.length === classes
    ? ok(names)
    : err({ code: 'labels-invalid', detail: `it has ${names.length} names, the model ${classes} classes` });
}

const linesOf = (text: string): readonly string[] =>
  text
    .replace(/^\uFEFF/, '')
    .trimEnd()
    .split(/\r?\n/)
    .map((line) => line.trim());

function listOf(text: string): readonly string[] | null {
  try {
    const parsed: unknown = JSON.parse(text);
    return Array.isArray(parsed) && parsed.every((name) => typeof name === 'string') ? parsed : null;
  } catch {
    return null;
  }
}
