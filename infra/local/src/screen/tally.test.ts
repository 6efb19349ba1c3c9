import { expect, it } from 'vitest';
import { add, tallyOf, type VitestReport } from './tally.ts';

const report = (some: Partial<VitestReport>): VitestReport => ({
  success: true,
  numPassedTests: 0,
  numFailedTests: 0,
  numPendingTests: 0,
  testResults: [],
  ...some,
});
const file = (status: string, ...tests: string[]) => ({
  name: 'a.test.ts',
  status,
  assertionResults: tests.map((one) => ({ status: one })),
});

it('counts tests', () => {
  expect(tallyOf(report({ numPassedTests: 7 }))).toEqual({ passed: 7, failed: 0 });
  const two = report({
    success: false,
    numPassedTests: 3,
    numFailedTests: 2,
    testResults: [file('failed', 'failed', 'failed')],
  });
  expect(tallyOf(two)).toEqual({ passed: 3, failed: 2 });
});

it('counts a file that failed without a failed test: its import, or a hook after its tests', () => {
  const broken = report({ success: false, numPassedTests: 2, testResults: [file('failed'), file('failed', 'passed')] });
  expect(tallyOf(broken)).toEqual({ passed: 2, failed: 2 });
});

it('counts a run that failed for a reason no file shows', () => {
  expect(tallyOf(report({ success: false, numPassedTests: 5 }))).toEqual({ passed: 5, failed: 1 });
});

it('adds up', () => {
  expect(add({ passed: 1, failed: 2 }, { passed: 3, failed: 4 })).toEqual({ passed: 4, failed: 6 });
});
