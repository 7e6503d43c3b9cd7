import {
  CancelStatement,
  ExecuteStatement,
  GetStatement,
  GetStatementChunk,
  GetWarehouse,
  ListWarehouses,
} from '@cairn/platform/protocol/databricks/statements'
import type { Input } from '@cairn/platform/protocol/operation'
import { databases, sampledDatabases, type TestDatabase } from '@cairn/platform/testing/databases'
import { silentLog } from '@cairn/platform/testing/silent-log'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { TaskProcesses } from '../processes/task-processes.js'
import type { PipelinesSchema } from '../schema.js'
import { type ServedPipelines, servePipelines } from '../testing/serve.js'
import { Statements } from './statements.js'
import { StatementStore } from './store.js'

const ENDLESS = 'with recursive n(i) as (select 1 union all select i + 1 from n) select max(i) from n'

/** Serves pipelines for the tests of a `describe`. */
function statementsOn(database: TestDatabase) {
  let serving: ServedPipelines
  beforeAll(async () => {
    serving = await servePipelines([], { database })
  })
  afterAll(() => serving?.close())
  return {
    serving: () => serving,
    execute: (statement: string, more: Partial<Input<typeof ExecuteStatement>> = {}) =>
      serving.client(ExecuteStatement, { statement, wait_timeout: '50s', ...more }),
    newUser: async (name: string) => {
      const { identities, tokens, client } = serving.context
      const { id } = await identities.create('user', name)
      return client((await tokens.issue(id, 'test')).secret)
    },
  }
}

describe.each(sampledDatabases)('SQL statements on %s', (_name, database) => {
  const { serving, execute } = statementsOn(database)

  test('returns types of Databricks, and values as text', async () => {
    const { manifest, result, status } = await execute(
      `select 1::int as i, 9007199254740993 as l, 'a' as s, 1.5::double as d, date '2026-01-02' as day,
        true as b, [1, null] as list, null::varchar as nothing, 1.25::decimal(9, 2) as price`,
    )
    expect(status).toEqual({ state: 'SUCCEEDED' })
    expect(manifest!.schema.columns.map(({ name, type_name }) => `${name} ${type_name}`)).toEqual([
      ...['i INT', 'l LONG', 's STRING', 'd DOUBLE', 'day DATE'],
      ...['b BOOLEAN', 'list ARRAY', 'nothing STRING', 'price DECIMAL'],
    ])
    expect(result!.data_array).toEqual([
      ['1', '9007199254740993', 'a', '1.5', '2026-01-02', 'true', '[1,null]', null, '1.25'],
    ])
  })

  test('binds parameters by their type, and refuses values of another', async () => {
    const parameters = [
      { name: 'n', value: '2', type: 'INT' },
      { name: 'name', value: "x'; --" },
      { name: 'none', type: 'DOUBLE' },
    ]
    const { result } = await execute('select :n + 1 as a, :name as b, :none as c', { parameters })
    expect(result!.data_array).toEqual([['3', "x'; --", null]])
    for (const [wrong, message] of [
      [{ name: 'n', value: 'two', type: 'INT' }, "parameters[0].value: 'two' is not INT."],
      [{ name: 'n', value: '1', type: 'MONEY' }, "parameters[0].type: 'MONEY' is not supported"],
      [{ name: 'n;', value: '1' }, 'parameters[0].name'],
    ] as const)
      await expect(execute('select :n', { parameters: [wrong] })).rejects.toThrow(message)
  })

  test('stops at the limit of rows, and tells that there are more', async () => {
    const { manifest, result } = await execute('select range as n from range(100)', { row_limit: 3 })
    expect(manifest).toMatchObject({ total_row_count: 3, truncated: true })
    expect(result!.data_array).toEqual([['0'], ['1'], ['2']])
  })

  test('a failed statement tells why, without a stack', async () => {
    for (const [statement, message] of [
      ['select nope', 'nope'],
      ['drop table t', 'only SELECT statements are supported.'],
      ["select * from read_csv('/etc/passwd')", 'disabled'],
      ['select * from main.d.t', 'main.d.t'],
    ] as const) {
      const { status, result } = await execute(statement)
      expect(status).toMatchObject({ state: 'FAILED', error: { message: expect.stringContaining(message) } })
      expect(result).toBeUndefined()
    }
  })

  test('completes names of tables by the catalog and the schema, but not those of a WITH', async () => {
    const named = async (statement: string) =>
      (await execute(statement, { catalog: 'main', schema: 'd' })).status.error?.message
    expect(await named('select * from t')).toContain('tables/main.d.t')
    expect(await named('select * from e.t')).toContain('tables/main.e.t')
    expect(await named('with T as (select 1) select * from t')).toBeUndefined()
    await expect(execute('select 1', { schema: 'd' })).rejects.toThrow("'schema' needs 'catalog'")
  })

  test('the server is the only warehouse', async () => {
    const { warehouses } = await serving().client(ListWarehouses, {})
    expect(warehouses).toEqual([expect.objectContaining({ id: 'cairn', state: 'RUNNING' })])
    expect(await serving().client(GetWarehouse, { id: 'cairn' })).toEqual(warehouses[0])
  })

  test('is canceled after its wait, if the caller asks for that', async () => {
    const more = { wait_timeout: '5s', on_wait_timeout: 'CANCEL' } as const
    expect((await execute(ENDLESS, more)).status.state).toBe('CANCELED')
    expect((await execute('select 1', more)).result!.data_array).toEqual([['1']])
  })

  test('refuses other waits', async () => {
    for (const wait_timeout of ['4s', '51s', '10', 'x'])
      await expect(execute('select 1', { wait_timeout })).rejects.toThrow('wait_timeout')
    await expect(execute('select 1', { wait_timeout: '0s', on_wait_timeout: 'CANCEL' })).rejects.toThrow(
      'on_wait_timeout',
    )
  })
})

describe.each(databases)('states of SQL statements on %s', (_name, database) => {
  const { serving, execute, newUser } = statementsOn(database)

  test('continues after its wait, shows its state, and is canceled', async () => {
    const { statement_id, status } = await execute(ENDLESS, { wait_timeout: '0s' })
    expect(status.state).toBe('RUNNING')
    expect((await serving().client(GetStatement, { statement_id })).status.state).toBe('RUNNING')
    await serving().client(CancelStatement, { statement_id })
    expect((await serving().client(GetStatement, { statement_id })).status.state).toBe('CANCELED')
    // The process of the canceled statement has ended, and others run.
    expect((await execute('select 1')).status.state).toBe('SUCCEEDED')
  })

  test('a principal has at most four at once, which run one after another beside those of others', async () => {
    const ids = []
    for (let i = 0; i < 4; i++) ids.push((await execute(ENDLESS, { wait_timeout: '0s' })).statement_id)
    await expect(execute(ENDLESS)).rejects.toMatchObject({ code: 'RESOURCE_EXHAUSTED' })
    const neighbour = await newUser('neighbour')
    const beside = await neighbour(ExecuteStatement, { statement: 'select 1', wait_timeout: '50s' })
    expect(beside.status.state).toBe('SUCCEEDED')
    for (const statement_id of ids) await serving().client(CancelStatement, { statement_id })
    await expect.poll(() => execute('select 1').then(({ status }) => status.state)).toBe('SUCCEEDED')
  })

  test('a canceled statement that waits gives its place to another one at once', async () => {
    const first = (await execute(ENDLESS, { wait_timeout: '0s' })).statement_id
    for (let i = 0; i < 6; i++) {
      const { statement_id } = await execute(ENDLESS, { wait_timeout: '0s' })
      await serving().client(CancelStatement, { statement_id })
    }
    expect((await serving().client(GetStatement, { statement_id: first })).status.state).toBe('RUNNING')
    await serving().client(CancelStatement, { statement_id: first })
  })

  test('nobody sees or cancels the statements of others', async () => {
    const { statement_id } = await execute('select 1')
    const other = await newUser('other')
    for (const op of [GetStatement, CancelStatement] as const)
      await expect(other(op, { statement_id })).rejects.toMatchObject({ code: 'RESOURCE_DOES_NOT_EXIST' })
    const chunk = { statement_id, chunk_index: 0 }
    await expect(other(GetStatementChunk, chunk)).rejects.toMatchObject({ code: 'RESOURCE_DOES_NOT_EXIST' })
    expect(await serving().client(GetStatementChunk, chunk)).toMatchObject({ data_array: [['1']] })
    await expect(serving().client(GetStatementChunk, { statement_id, chunk_index: 1 })).rejects.toMatchObject(
      {
        code: 'RESOURCE_DOES_NOT_EXIST',
      },
    )
  })

  test('a server that stops ends its statements, and stores that', async () => {
    const { db } = serving().context
    const stopping = new StatementStore(db.for<PipelinesSchema>(), Date.now)
    const statements = new Statements({
      ...{ store: stopping, context: serving().context, log: silentLog as never },
      users: { processes: new TaskProcesses(serving().context.config), config: serving().context.config },
    })
    const principal = { id: 'stopping', type: 'user', name: 'stopping' } as const
    const query = { text: ENDLESS, parameters: {} }
    const ids = [1, 2].map(() => statements.execute(principal, serving().client, query))
    const started = await Promise.all(ids)
    await statements.close()
    for (const { id } of started)
      expect(await stopping.find('stopping', id)).toMatchObject({
        state: 'FAILED',
        error: expect.stringContaining('TEMPORARILY_UNAVAILABLE'),
      })
  })
})

test('a server may refuse statements', async () => {
  const serving = await servePipelines([], { settings: { sql_concurrency: 0 } })
  await expect(serving.client(ExecuteStatement, { statement: 'select 1' })).rejects.toMatchObject({
    ...{ code: 'FEATURE_DISABLED', message: expect.stringContaining('CAIRN_SQL_CONCURRENCY=0') },
  })
  await serving.close()
})
