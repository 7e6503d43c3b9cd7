import { setTimeout as sleep } from 'node:timers/promises'
import { invalid } from '@cairn/platform/errors'
import type { Client } from '@cairn/platform/protocol/client'
import {
  CancelStatement,
  ExecuteStatement,
  GetStatement,
  type Statement,
} from '@cairn/platform/protocol/databricks/statements'

const FIRST_POLL_MS = 50
const POLL_MS = 1000

export interface StatementRows {
  readonly columns: readonly string[]
  /** Values as text. */
  readonly rows: readonly (readonly (string | null)[])[]
  readonly truncated: boolean
}

/**
 * Runs SQL and waits for its end. Ctrl+C cancels it and ends the process with 130.
 *
 * @throws INVALID_PARAMETER_VALUE with the reason of a failed statement
 */
export async function runStatement(
  call: Client,
  statement: string,
  row_limit: number | undefined,
): Promise<StatementRows> {
  const limit = row_limit === undefined ? {} : { row_limit }
  // Without a wait, because Ctrl+C needs the id.
  const started = call(ExecuteStatement, { statement, wait_timeout: '0s', ...limit })
  const cancel = () => {
    void started
      .then(({ statement_id }) => call(CancelStatement, { statement_id }))
      .finally(() => process.exit(130))
  }
  process.once('SIGINT', cancel)
  let state: Statement
  try {
    state = await started
    const { statement_id } = state
    for (let pause = FIRST_POLL_MS; state.status.state === 'RUNNING'; pause = Math.min(2 * pause, POLL_MS)) {
      await sleep(pause)
      state = await call(GetStatement, { statement_id })
    }
  } finally {
    process.off('SIGINT', cancel)
  }
  const { status, manifest, result } = state
  if (!manifest) throw invalid(status.error?.message ?? 'The query was canceled.')
  return {
    columns: manifest.schema.columns.map(({ name }) => name),
    rows: (result?.data_array ?? []) as StatementRows['rows'],
    truncated: manifest.truncated,
  }
}
