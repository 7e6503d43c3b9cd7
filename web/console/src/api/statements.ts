import type {
  CancelStatement,
  ExecuteStatement,
  GetStatement,
  Statement,
} from '@cairn/platform/protocol/databricks/statements'
import { call } from './call.js'

export type { Statement }

/** Waits up to five seconds; a longer statement continues. */
export const executeStatement = (statement: string) =>
  call<typeof ExecuteStatement>('POST /api/2.0/sql/statements', { statement, wait_timeout: '5s' })

export const getStatement = (statement_id: string) =>
  call<typeof GetStatement>('GET /api/2.0/sql/statements/{statement_id}', { statement_id })

export const cancelStatement = (statement_id: string) =>
  call<typeof CancelStatement>('POST /api/2.0/sql/statements/{statement_id}/cancel', { statement_id })
