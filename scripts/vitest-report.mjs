/**
 * Counts the tests of a vitest run from its JSON report and names the failed ones, for the summary of `npm test`. A failure without a test (a file that does
 * not load, an error outside all tests, a crash without a report) counts as one failed test.
 * @param report the parsed report, undefined when there is none
 * @param exitCode of vitest
 * @returns {{ passed: number, failures: string[], skipped: number }}
 */
export function countTests(report, exitCode) {
  const failures = (report?.testResults ?? []).flatMap(failuresOf)
  return {
    passed: report?.numPassedTests ?? 0,
    failures:
      exitCode !== 0 && failures.length === 0
        ? ['an error outside every test: see "Unhandled Errors" above']
        : failures,
    skipped: (report?.numPendingTests ?? 0) + (report?.numTodoTests ?? 0),
  }
}

function failuresOf({ name, status, message, assertionResults }) {
  const tests = assertionResults.filter((result) => result.status === 'failed')
  if (status === 'failed' && tests.length === 0) return [`${name}: ${firstLine(message)}`]
  return tests.map(
    ({ fullName, failureMessages }) => `${name}: ${fullName}: ${firstLine(failureMessages?.[0])}`,
  )
}

const firstLine = (text) => (text ?? '').split('\n', 1)[0]

export const addCounts = (counts) =>
  counts.reduce(
    (sum, { passed, failures, skipped }) => ({
      passed: sum.passed + passed,
      failures: [...sum.failures, ...failures],
      skipped: sum.skipped + skipped,
    }),
    { passed: 0, failures: [], skipped: 0 },
  )
