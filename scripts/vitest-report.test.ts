import { expect, test } from 'vitest'
import { addCounts, countTests } from './vitest-report.mjs'

const passing = { name: 'a.test.ts', status: 'passed', assertionResults: [{ status: 'passed' }] }

test('passed, skipped and todo tests are counted', () => {
  const report = { numPassedTests: 5, numPendingTests: 2, numTodoTests: 1, testResults: [passing] }
  expect(countTests(report, 0)).toEqual({ passed: 5, failures: [], skipped: 3 })
})

test('a failed test is named with its file and the first line of what went wrong', () => {
  const failed = {
    status: 'failed',
    fullName: 'runs end once',
    failureMessages: ['Error: twice\n  at a.ts:1'],
  }
  const file = { name: 'a.test.ts', status: 'failed', assertionResults: [failed, { status: 'passed' }] }
  const { failures } = countTests({ numPassedTests: 1, testResults: [file] }, 1)
  expect(failures).toEqual(['a.test.ts: runs end once: Error: twice'])
})

test('a file that does not load is a failure', () => {
  const broken = {
    name: 'b.test.ts',
    status: 'failed',
    message: 'Cannot find module\nc',
    assertionResults: [],
  }
  const report = { numPassedTests: 1, testResults: [passing, broken] }
  expect(countTests(report, 1)).toEqual({
    passed: 1,
    failures: ['b.test.ts: Cannot find module'],
    skipped: 0,
  })
})

test('a run that failed without naming a test, or left no report, is a failure', () => {
  expect(countTests({ numPassedTests: 1, testResults: [passing] }, 1).failures).toHaveLength(1)
  expect(countTests(undefined, null).failures).toHaveLength(1)
})

test('counts add up', () => {
  const one = { passed: 1, failures: ['a'], skipped: 3 }
  expect(addCounts([one, one])).toEqual({ passed: 2, failures: ['a', 'a'], skipped: 6 })
})
