import { expect, test } from 'vitest'
import { addCounts, countTests } from './vitest-report.mjs'

const passing = { status: 'passed', assertionResults: [{ status: 'passed' }] }

test('passed, failed, skipped and todo tests are counted', () => {
  const report = {
    numPassedTests: 5,
    numFailedTests: 0,
    numPendingTests: 2,
    numTodoTests: 1,
    testResults: [passing],
  }
  expect(countTests(report, 0)).toEqual({ passed: 5, failed: 0, skipped: 3 })
})

test('a file that does not load is a failure', () => {
  const report = { numPassedTests: 1, testResults: [passing, { status: 'failed', assertionResults: [] }] }
  expect(countTests(report, 1)).toEqual({ passed: 1, failed: 1, skipped: 0 })
})

test('a file with failed tests is not counted on top of them', () => {
  const file = { status: 'failed', assertionResults: [{ status: 'failed' }, { status: 'passed' }] }
  expect(countTests({ numPassedTests: 1, numFailedTests: 1, testResults: [file] }, 1).failed).toBe(1)
})

test('a run that failed without naming a test, or left no report, is a failure', () => {
  expect(countTests({ numPassedTests: 1, testResults: [passing] }, 1).failed).toBe(1)
  expect(countTests(undefined, null).failed).toBe(1)
})

test('counts add up', () => {
  const one = { passed: 1, failed: 2, skipped: 3 }
  expect(addCounts([one, one])).toEqual({ passed: 2, failed: 4, skipped: 6 })
})
