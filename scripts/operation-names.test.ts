import { auditedAs } from '@cairn/platform/protocol/audit-classes'
import { expect, test } from 'vitest'
import { koreanOperation } from '../web/console/src/server-words/korean-operations.js'

const ACTIONS = (['committed', 'counted', 'refusals'] as const).flatMap((name) => [...auditedAs(name)])

test('every operation of the audit log has a Korean name without English words', () => {
  expect(ACTIONS.length).toBeGreaterThan(400)
  expect(ACTIONS.filter((action) => koreanOperation(action) === undefined)).toEqual([])
  const KEPT = /\b(AI|API|CSV|Databricks|GraphQL|MLflow|Open|S3|SCIM|SSO|URI|URL|Unity|v2)\b/g
  const names = ACTIONS.map((action) => koreanOperation(action)!.replace(KEPT, ''))
  expect(names.filter((name) => /[a-z]/i.test(name) || !/[가-힣]/.test(name))).toEqual([])
})
