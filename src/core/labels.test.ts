import { describe, expect, it } from 'vitest';
import { parseLabelsFile } from './labels.ts';

describe('parseLabelsFile', () => {
  it.each([
    ['lines', 'cat\ndog\n'],
    ['lines of another system, with a mark of its encoding', '\uFEFFcat\r\ndog\r\n\r\n'],
    ['a JSON list', '["cat", "dog"]'],
  ])('reads %s', (_, text) => {
    expect(parseLabelsFile(text, 2)).toEqual({ ok: true, value: ['cat', 'dog'] });
  });
  it.each([
    ['too few', 'cat', 'it has 1 names, the model 2 classes'],
    ['nothing', '', 'it has 1 names, the model 2 classes'],
    ['a list of something else', '[1, 2]', 'it is not a list of texts'],
    ['half a list', '["cat", ', 'it is not a list of texts'],
  ])('refuses %s', (_, text, detail) => {
    expect(parseLabelsFile(text, 2)).toEqual({ ok: false, error: { code: 'labels-invalid', detail } });
  });
});
