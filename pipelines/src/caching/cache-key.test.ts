import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DiskBlobs } from '@cairn/platform/blobs/disk'
import { loadConfig } from '@cairn/platform/config'
import { missing } from '@cairn/platform/errors'
import type { JobSettings } from '@cairn/platform/protocol/databricks/jobs'
import { withDuckDb } from '@cairn/platform/tables/duckdb'
import { writeTable } from '@cairn/platform/tables/write'
import { newFolder } from '@cairn/platform/testing/folders'
import { beforeAll, describe, expect, test } from 'vitest'
import type { ClaimedAttempt } from '../engine/attempts.js'
import { allFiles } from '../files/all-files.js'
import { newTaskRun } from '../flow/new-task-run.js'
import { tasksOf } from '../flow/run-rows.js'
import { TaskRegistry } from '../task-kinds/registry.js'
import { taskKinds } from '../tasks/kinds/kinds.js'
import { cacheKey } from './cache-key.js'

const data = newFolder()
let blobs: DiskBlobs
const write = (value: number) =>
  withDuckDb((connection) =>
    writeTable(blobs, 'tables/t', { connection, select: `select ${value} as x`, mode: 'overwrite' }),
  )
beforeAll(async () => {
  blobs = await DiskBlobs.open(join(data, 'store'))
  await write(1)
})

/** The catalog as a principal sees it that may read `main.d.t` only. */
const client = async (operation: { id: string }, input: { full_name?: string; table_id?: string }) => {
  if (operation.id === 'getTable' && input.full_name === 'main.d.t') return { table_id: 't' }
  if (operation.id === 'getTable') throw missing(`Table '${input.full_name}' does not exist.`)
  return { url: blobs.uri(`tables/${input.table_id}`) }
}
const config = loadConfig({}, { data, task_processes: 'on', import_paths: data })
const registry = new TaskRegistry(taskKinds([], config))
const python = { spark_python_task: { python_file: 'a.py', parameters: ['{{tasks.up.values.x}}'] } }

interface Case {
  readonly task?: object
  readonly job?: Partial<JobSettings>
  readonly principal?: string
  readonly value?: unknown
  readonly parameters?: object
  readonly jobId?: number | null
}

const keyOf = ({ task = python, job = {}, principal = 'p', value = 1, parameters = {}, jobId = 1 }: Case) => {
  const settings = {
    files: { 'a.py': 'print(1)' },
    tasks: [
      { task_key: 'up', shell_task: { script: 'x' } },
      { task_key: 'a', depends_on: [{ task_key: 'up' }], ...task },
    ],
    ...job,
  }
  const run = { run_id: 9, job_id: jobId, principal_id: 'owner', run_name: 'n' }
  const row = newTaskRun(9, 'a', 1)
  const up = { ...newTaskRun(9, 'up', 0), outputs: JSON.stringify({ x: value }) }
  const claimed = {
    run: { ...run, settings: JSON.stringify(settings), parameters: JSON.stringify(parameters) },
    ...{ task: row, attempt: 1, outputs: [up] },
  } as unknown as ClaimedAttempt
  const context = {
    ...{ signal: new AbortController().signal },
    ...{ client, job: settings, principal: { id: principal }, services: { blobs, config }, taskKey: 'a' },
  }
  return cacheKey(claimed, registry.get(tasksOf(claimed.run)[1]!), context as never, allFiles())
}

describe('the digest of the inputs of a task', () => {
  test('is the same for the same inputs in any order', async () => {
    const environments = [{ environment_key: 'other' }]
    expect(await keyOf({})).toBe(await keyOf({ job: { environments } }))
    expect(await keyOf({ parameters: { a: '1', b: '2' } })).toBe(
      await keyOf({ parameters: { b: '2', a: '1' } }),
    )
    expect(await keyOf({})).toMatch(/^[0-9a-f]{64}$/)
  })

  test.each<[string, Case]>([
    ['another value of an upstream task', { value: 2 }],
    ['another parameter of the job', { parameters: { a: '1' } }],
    ['another file', { job: { files: { 'a.py': 'print(2)' } } }],
    ['a further file', { job: { files: { 'a.py': 'print(1)', 'b.py': '' } } }],
    ['another package', { task: { ...python, libraries: [{ pypi: { package: 'numpy' } }] } }],
    ['another experiment', { job: { tags: { 'cairn.experiment': '/x' } } }],
    ['another principal', { principal: 'q' }],
    ['another job', { jobId: 2 }],
    ['a one-time run', { jobId: null }],
    ['another kind', { task: { notebook_task: { notebook_path: 'a.py' } } }],
  ])('changes with %s', async (_case, other) => expect(await keyOf(other)).not.toBe(await keyOf({})))

  test('changes with the values of references in environment variables', async () => {
    const task = (x: string) => ({ ...python, environment_variables: { X: x } })
    const written = { task: task('{{job.parameters.p}}') }
    const [one, two] = ['1', '2'].map((p) => ({ ...written, parameters: { p } }))
    expect(await keyOf(one!)).not.toBe(await keyOf(two!))
    expect(await keyOf({ task: task('1') })).not.toBe(await keyOf({ task: task('2') }))
    expect(await keyOf({ task: task('{{job.id}}') })).toBe(await keyOf({ task: task('1') }))
    await expect(keyOf({ task: task('{{tasks.up.values.y}}') })).rejects.toThrow('has no value')
  })

  test('changes with a wheel that a requirements.txt names', async () => {
    const wheel = join(data, 'a-1-py3-none-any.whl')
    const task = { ...python, libraries: [{ requirements: 'r.txt' }] }
    const files = { 'a.py': '', 'r.txt': `numpy\nfile:${wheel}\n` }
    const key = () => keyOf({ task, job: { files } })
    await expect(key()).rejects.toThrow()
    writeFileSync(wheel, 'one')
    const before = await key()
    expect(await key()).toBe(before)
    writeFileSync(wheel, 'two')
    expect(await key()).not.toBe(before)
  })

  test('changes with the version of a table that a query reads or the task names', async () => {
    const query = { sql_task: { query: { query_text: 'select s.a.b from main.d.t s' } } }
    const named = { ...python, cache: { enabled: true, tables: ['main.d.t'] } }
    const keys = () => Promise.all([query, named, python].map((task) => keyOf({ task })))
    const before = await keys()
    expect(await keys()).toEqual(before)
    await write(2)
    const [queried, read, without] = await keys()
    expect(queried).not.toBe(before[0])
    expect(read).not.toBe(before[1])
    expect(without).toBe(before[2])
  })

  test('fails for a file, table or value that cannot be read', async () => {
    const tables = { ...python, cache: { enabled: true, tables: ['main.d.gone'] } }
    await expect(keyOf({ task: tables })).rejects.toThrow("'main.d.gone' does not exist")
    await expect(keyOf({ task: { shell_task: { file: '/Workspace/x' } } })).rejects.toThrow()
    const value = { shell_task: { script: 'x', parameters: ['{{tasks.up.values.y}}'] } }
    await expect(keyOf({ task: value })).rejects.toThrow('has no value')
  })
})
