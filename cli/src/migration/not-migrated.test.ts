import { expect, test } from 'vitest'
import { EVALUATION_DATA_SETS, SCORERS, WEBHOOKS } from '../copying/sources/source.js'
import { notMigrated } from './not-migrated.js'

test('lists the kinds that the source has and a migration omits', () => {
  const counts = (dataSets: number, scorers: number | undefined, webhooks: number) => [
    { what: EVALUATION_DATA_SETS, count: dataSets },
    { what: SCORERS, count: scorers },
    { what: WEBHOOKS, count: webhooks },
  ]
  expect(notMigrated(counts(2, 0, 1))).toBe(
    "Not migrated: 2 evaluation data sets, 1 webhook. Create them on the target with MLflow's client.\n",
  )
  expect(notMigrated(counts(0, 0, 0))).toBe('')
  expect(notMigrated(counts(1, undefined, 0))).toBe(
    `Not migrated: 1 evaluation data set. Create them on the target with MLflow's client.
Not migrated, and not counted: the source failed to list scorers.
`,
  )
})
