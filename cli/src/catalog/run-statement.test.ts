import { type ServedPipelines, servePipelines } from '@cairn/pipelines/testing/serve'
import type { Client } from '@cairn/platform/protocol/client'
import {
  ExecuteStatement,
  GetStatement,
  type Statement,
} from '@cairn/platform/protocol/databricks/statements'
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { runStatement } from './run-statement.js'

const ENDLESS = 'with recursive n(i) as (select 1 union all select i + 1 from n) select max(i) from n'

let serving: ServedPipelines
beforeAll(async () => {
  serving = await servePipelines([])
})
afterAll(() => serving?.close())

test('returns the rows of a query', async () => {
  const rows = await runStatement(serving.client, 'select range as n from range(3)', 2)
  expect(rows).toEqual({ columns: ['n'], rows: [['0'], ['1']], truncated: true })
})

test('Ctrl+C cancels a query as soon as it has started', async () => {
  const exit = vi.spyOn(process, 'exit').mockImplementation(() => undefined as never)
  onTestFinished(() => exit.mockRestore())
  let statement_id = ''
  const call: Client = async (op, input) => {
    const output = await serving.client(op, input)
    if (op.id === ExecuteStatement.id) statement_id = (output as Statement).statement_id
    return output
  }
  const rows = runStatement(call, ENDLESS, undefined)
  await expect.poll(() => statement_id).not.toBe('')
  process.emit('SIGINT')
  await expect(rows).rejects.toThrow('The query was canceled.')
  expect((await serving.client(GetStatement, { statement_id })).status.state).toBe('CANCELED')
  await expect.poll(() => exit.mock.calls).toEqual([[130]])
})
