import { describe, expect, it } from 'vitest';
import { countPlaywright, countPytest, countSuite, countVitest, verdict } from './test-counts.mjs';

describe('countVitest', () => {
  it('counts tests, and a file that does not load as a failure', () => {
    const tests = [
      { status: 'passed', fullName: 'a' },
      { status: 'failed', fullName: 'b' },
      { status: 'skipped', fullName: 'c' },
      { status: 'todo', fullName: 'd' },
    ];
    const report = {
      testResults: [
        { status: 'failed', assertionResults: tests },
        { status: 'passed', assertionResults: [{ status: 'passed', fullName: 'e' }] },
        { status: 'failed', assertionResults: [] },
      ],
    };
    expect(countVitest(report)).toEqual({ passed: 2, failed: 2, skipped: ['c', 'd'] });
  });
});

describe('countSuite', () => {
  it('reads the last line and the skipped ones, and nothing that only looks like it', () => {
    const text =
      '3 passed, 1 failed of a file\n\ntraining: 44 ok\n  skipped: a (slow)\n44 passed, 0 failed\n';
    expect(countSuite(text)).toEqual({ passed: 44, failed: 0, skipped: ['a (slow)'] });
    expect(countSuite('44 passed, 0 failed\nkilled')).toBeNull();
    expect(countSuite('')).toBeNull();
  });
});

describe('countPlaywright', () => {
  const spec = (
    title: string,
    status: 'expected' | 'unexpected' | 'flaky' | 'skipped',
    description?: string,
  ) => {
    const annotations = description === undefined ? [] : [{ type: 'skip', description }];
    return { title, tests: [{ status, projectName: 'webgpu', annotations }] };
  };

  it('counts nested suites, flaky as failed, errors of no test, and gives the reason of a skip', () => {
    const report = {
      errors: [{ message: 'global setup' }],
      suites: [
        {
          specs: [spec('a', 'expected'), spec('b', 'unexpected')],
          suites: [{ specs: [spec('c', 'flaky'), spec('d', 'skipped', 'no GPU'), spec('e', 'skipped')] }],
        },
      ],
    };
    expect(countPlaywright(report)).toEqual({
      passed: 1,
      failed: 3,
      skipped: ['d [webgpu]: no GPU', 'e [webgpu]'],
    });
  });
});

describe('verdict', () => {
  const green = { passed: 3, failed: 0, skipped: [] };
  it('is the counts when the suite ended well', () => expect(verdict(0, green)).toEqual(green));
  it('is one failure without a report', () => expect(verdict(0, null).failed).toBe(1));
  it('is a failure when the suite fails beyond its tests or is killed', () => {
    expect(verdict(1, green)).toEqual({ ...green, failed: 1 });
    expect(verdict(null, green).failed).toBe(1);
    expect(verdict(1, { ...green, failed: 2 }).failed).toBe(2);
  });
});

describe('countPytest', () => {
  it('counts failures and errors as failed, and gives the reason of a skip', () => {
    const xml =
      '<?xml version="1.0"?><testsuites name="pytest tests"><testsuite name="pytest" errors="1" failures="2" skipped="1" tests="10" time="3.1">' +
      '<testcase classname="training.test_a" name="test_one" time="0.1" /><testcase classname="training.test_a" name="test_two" time="0">' +
      '<skipped type="pytest.skip" message="no photos">file.py:3: no photos</skipped></testcase></testsuite></testsuites>';
    expect(countPytest(xml)).toEqual({ passed: 6, failed: 3, skipped: ['test_two: no photos'] });
  });
  it('refuses a report without a suite', () => {
    expect(() => countPytest('<testsuites></testsuites>')).toThrow('no test suite');
  });
});
