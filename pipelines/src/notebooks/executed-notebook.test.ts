import type { Db } from '@cairn/platform/db/db'
import { migrate } from '@cairn/platform/db/migrate'
import { type TestAuth, testAuth } from '@cairn/platform/testing/auth'
import { databases } from '@cairn/platform/testing/databases'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { PipelinesSchema } from '../schema.js'
import { submitTask } from '../testing/submit-task.js'
import {
  hasNotebook,
  readNotebook,
  storableNotebook,
  withoutOutputs,
  writeNotebookTo,
} from './executed-notebook.js'

const notebookOf = (text: string) => JSON.stringify({ cells: [{ outputs: [{ text: [text] }] }] })

test('a notebook is stored without secrets, unless it is damaged or has more than 5 MiB', () => {
  expect(storableNotebook(notebookOf('the key is "hunter2hunter2"'), ['hunter2hunter2'])).toBe(
    notebookOf('the key is "[REDACTED]"'),
  )
  expect(storableNotebook(notebookOf('x').slice(1), [])).toBeUndefined()
  const bytes = 5 * 1024 ** 2 - Buffer.byteLength(notebookOf(''))
  const [fits, tooLarge] = ['산'.repeat(Math.floor(bytes / 3)), '산'.repeat(Math.floor(bytes / 3) + 1)]
  expect(storableNotebook(notebookOf(fits!), [])).toBe(notebookOf(fits!))
  expect(storableNotebook(notebookOf(tooLarge!), [])).toBeUndefined()
})

test('outputs are removed from cells that have some', () => {
  const markdown = { cell_type: 'markdown', source: '# 제목' }
  const code = { cell_type: 'code', source: 'x', outputs: [{ text: 'large' }], execution_count: 3 }
  const nbformat = { nbformat: 4, metadata: { a: 1 } }
  expect(JSON.parse(withoutOutputs(JSON.stringify({ ...nbformat, cells: [markdown, code] })))).toEqual({
    ...{ ...nbformat, cells: [markdown, { ...code, outputs: [], execution_count: null }] },
  })
  expect(withoutOutputs('{"cells": 3')).toBe('{"cells": 3')
})

describe.each(databases)('executed notebooks on %s', (_name, database) => {
  let opened: TestAuth
  let db: Db<PipelinesSchema>
  beforeAll(async () => {
    opened = await testAuth(database)
    db = opened.db.for<PipelinesSchema>()
    await migrate(opened.db, 'pipelines', new URL('../migrations/', import.meta.url))
  })
  afterAll(() => opened?.close())

  test('the latest attempt is kept, also if an earlier one is reported late', async () => {
    const task_run_id = await submitTask(db)
    const write = (attempt: number, notebook: string) =>
      writeNotebookTo(db, { task_run_id, attempt })(notebook)
    expect(await hasNotebook(db, task_run_id)).toBe(false)
    await write(1, 'first')
    expect(await hasNotebook(db, task_run_id)).toBe(true)
    await write(2, 'second')
    expect(await readNotebook(db, task_run_id)).toBe('second')
    await write(1, 'late')
    expect(await readNotebook(db, task_run_id)).toBe('second')
    await write(2, 'second again')
    expect(await readNotebook(db, task_run_id)).toBe('second again')
  })
})
