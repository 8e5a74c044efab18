import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { elasticManifest } from '../../fixtures/elastic.ts';
import { configurationOf, ElasticSchema, type Elastic } from './elastic.ts';

const GOOD = elasticManifest();
const [FIRST] = GOOD.configurations;
const issueOf = (elastic: unknown): string => {
  const parsed = v.safeParse(ElasticSchema, elastic);
  return parsed.success ? '' : parsed.issues[0].message;
};
const withFirst = (part: Partial<Elastic['configurations'][number]>): unknown => ({
  ...GOOD,
  configurations: [{ ...FIRST, ...part }, ...GOOD.configurations.slice(1)],
});

describe('ElasticSchema', () => {
  it('accepts a good one, and one without blocks', () => {
    expect(issueOf(GOOD)).toBe('');
    const sides = GOOD.configurations.map((each) => ({ ...each, kinds: [] }));
    expect(issueOf({ ...GOOD, blocks: [], calibration: null, configurations: sides })).toBe('');
  });

  it.each<[string, unknown, string | RegExp]>([
    ['a kind too few', withFirst({ kinds: ['3x3'] }), /one known kind for each block/],
    [
      'a kind the block has not',
      withFirst({ kinds: ['skip', '1x1', 'skip'] }),
      /one known kind for each block/,
    ],
    ['a kind inherited from Object', withFirst({ kinds: ['3x3', 'toString', '3x3'] }), /one known kind/],
    ['an id twice', withFirst({ id: GOOD.configurations[1]?.id ?? '' }), /the same id/],
    ['a default that is not there', { ...GOOD, default: '99-333' }, /default configuration is not among/],
    ['no configurations', { ...GOOD, configurations: [] }, /Invalid length/],
    ['an accuracy above one', withFirst({ top1: 1.2 }), /Invalid value/],
    ['a half side', withFirst({ side: 15.5 }), /Invalid integer/],
    [
      'a calibration file elsewhere',
      { ...GOOD, calibration: { ...GOOD.calibration, file: '../x' } },
      /format/,
    ],
  ])('refuses %s', (_, elastic, message) => {
    expect(issueOf(elastic)).toMatch(message);
  });
});

describe('configurationOf', () => {
  it('finds by id, or not at all', () => {
    expect(configurationOf(GOOD, '8-331')?.side).toBe(8);
    expect(configurationOf(GOOD, 'nothing')).toBeNull();
  });
});
