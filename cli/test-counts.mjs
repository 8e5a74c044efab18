/**
 * @file Counts the tests in the JSON reports of Vitest and Playwright and the JUnit report of pytest. A suite that failed without a failing test to show
 * for it (a file that does not load, a crash, no report) counts as one failure, so nothing broken can read as passed.
 */

/**
 * @typedef {object} Counts
 * @property {number} passed
 * @property {number} failed
 * @property {readonly string[]} skipped name of each, with its reason where the report gives one
 */

/**
 * The parts read of Vitest's `--reporter=json`.
 * @typedef {object} VitestReport
 * @property {readonly { status: string, assertionResults: readonly { status: string, fullName: string }[] }[]} testResults one a file
 */

/**
 * The parts read of Playwright's `--reporter=json`.
 * @typedef {object} PlaywrightTest
 * @property {'expected' | 'unexpected' | 'flaky' | 'skipped'} status
 * @property {string} projectName
 * @property {readonly { type: string, description?: string }[]} annotations
 * @typedef {object} PlaywrightSuite
 * @property {readonly PlaywrightSuite[]} [suites]
 * @property {readonly { title: string, tests: readonly PlaywrightTest[] }[]} [specs]
 * @typedef {object} PlaywrightReport
 * @property {readonly PlaywrightSuite[]} suites
 * @property {readonly unknown[]} errors of no test: global set-up, the web server, a file that does not load
 */

/**
 * What `npm test` says of a suite: its last line, and those of what it skipped.
 * @param {string} text @returns {Counts | null} null where it says nothing of the kind
 */
export function countSuite(text) {
  const found = /(\d+) passed, (\d+) failed\s*$/.exec(text);
  const skipped = [...text.matchAll(/^ {2}skipped: (.*)$/gm)].map(([, name = '']) => name);
  return found ? { passed: Number(found[1]), failed: Number(found[2]), skipped } : null;
}

/** @param {VitestReport} report @returns {Counts} */
export function countVitest(report) {
  const tests = report.testResults.flatMap((file) => file.assertionResults);
  const broken = report.testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.every((test) => test.status !== 'failed'),
  );
  return {
    passed: tests.filter((test) => test.status === 'passed').length,
    failed: tests.filter((test) => test.status === 'failed').length + broken.length,
    skipped: tests
      .filter((test) => test.status !== 'passed' && test.status !== 'failed')
      .map((test) => test.fullName),
  };
}

/** @param {PlaywrightSuite} suite @returns {readonly { name: string, test: PlaywrightTest }[]} */
function testsOf(suite) {
  const own = (suite.specs ?? []).flatMap((spec) => spec.tests.map((test) => ({ name: spec.title, test })));
  return [...own, ...(suite.suites ?? []).flatMap(testsOf)];
}

/** @param {PlaywrightReport} report @returns {Counts} */
export function countPlaywright(report) {
  const tests = report.suites.flatMap(testsOf);
  const skipped = tests.filter(({ test }) => test.status === 'skipped');
  const passed = tests.filter(({ test }) => test.status === 'expected').length;
  return {
    passed,
    failed: tests.length - skipped.length - passed + report.errors.length,
    skipped: skipped.map(({ name, test }) => {
      const reason = test.annotations.find(
        ({ type, description }) => type === 'skip' && description,
      )?.description;
      return `${name} [${test.projectName}]${reason === undefined ? '' : `: ${reason}`}`;
    }),
  };
}

/** @param {string} xml `pytest --junitxml`; throws where it holds no suite @returns {Counts} */
export function countPytest(xml) {
  const suite = /<testsuite [^>]*>/.exec(xml)?.[0];
  if (suite === undefined) throw new Error('no test suite in the report');
  /** @param {string} name */
  const number = (name) => Number(new RegExp(` ${name}="(\\d+)"`).exec(suite)?.[1] ?? NaN);
  const failed = number('failures') + number('errors');
  const skipped = [
    ...xml.matchAll(/<testcase [^>]*?\bname="([^"]*)"[^>]*><skipped [^>]*?\bmessage="([^"]*)"/g),
  ];
  return {
    passed: number('tests') - failed - number('skipped'),
    failed,
    skipped: skipped.map(([, name, reason]) => `${name}: ${reason}`),
  };
}

/**
 * What a finished suite counts as, given its exit code and its counts (null: it wrote no report).
 * @param {number | null} exitCode @param {Counts | null} counts @returns {Counts}
 */
export function verdict(exitCode, counts) {
  if (counts === null) return { passed: 0, failed: 1, skipped: [] };
  return exitCode !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
}
