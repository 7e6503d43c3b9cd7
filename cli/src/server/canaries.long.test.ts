import { sampledDatabases } from '@cairn/platform/testing/databases'
import { effort } from '@cairn/platform/testing/effort'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  catalogObjects,
  endpoints,
  experiments,
  jobs,
  models,
  secrets,
  workspaceObjects,
} from '../testing/rights-kinds.js'
import { RightsServer } from '../testing/rights-server.js'

type Fields = Readonly<Record<string, unknown>>

/** Routes that end a session or wait for events. */
const SKIPPED = /\/ajax-api\/|\/sign-out$|^\/api\/cairn\/v1\/events$/

describe.each(sampledDatabases)('on %s', (_, database) => {
  const rights = new RightsServer()
  /** The ids and names of the objects of the owner. */
  const known: string[] = []
  let fields: readonly Fields[]
  beforeAll(async () => {
    await rights.start(database)
    const create = async <World extends Readonly<Record<string, string>>>(kind: {
      create(by: 'owner', name: string): Promise<World>
    }) => {
      const world = await kind.create('owner', rights.nextName('owner'))
      known.push(...Object.values(world))
      return world
    }
    const { experiment_id, run_id, trace_id, ...inside } = await create(experiments(rights))
    const job = await create(jobs(rights))
    const table = await create(catalogObjects(rights, 'table'))
    const { name } = await create(models(rights))
    const { endpoint } = await create(endpoints(rights))
    const { scope } = await create(secrets(rights))
    const notebook = await create(workspaceObjects(rights, 'notebook'))
    const locations = [{ type: 'MLFLOW_EXPERIMENT', mlflow_experiment: { experiment_id } }]
    const lists = { experiment_ids: [experiment_id], run_ids: [run_id], trace_ids: [trace_id], locations }
    fields = [
      {},
      { ...lists, ...inside, experiment_id, run_id, trace_id, request_id: trace_id, max_results: 100 },
      { ...lists, ...inside, experiment_id, run_uuid: run_id, metric_key: 'm', path: 'file', key: 'tag' },
      { ...{ name, version: '1', alias: 'best', path: 'file' }, full_name: name, max_results: 100 },
      { name: endpoint, model: endpoint, inputs: [[1]] },
      { ...job, job_ids: [job.job_id], expand_tasks: true, limit: 100 },
      { ...table, full_name: table.table, securable_type: 'table', operation: 'READ' },
      { name: table.catalog, full_name: table.catalog, securable_type: 'catalog', principal: 'owner-person' },
      { scope, key: 'key', ...notebook, format: 'SOURCE' },
      { query: 'canary', search: 'canary', filter: "name LIKE '%canary%'", max_results: 100 },
      { username: 'owner-person', resource_type: 'experiment', resource_pattern: experiment_id },
      {
        query: `{ mlflowSearchRuns(input: { experimentIds: ["${experiment_id}"] }) { runs { info { runName } } } }`,
      },
    ]
  })
  afterAll(() => rights.close())

  /** The addresses of a route: with each id and name of the owner in its first parameter. */
  const addressesOf = (url: string) =>
    [...known, rights.ids.get('owner')!, 'owner-person'].map((value) => {
      let parameters = 0
      return url.replaceAll(/:(\w+)|\*/g, (_match, parameter: string | undefined) => {
        if (parameter === 'securable_type') return 'catalog'
        return parameters++ === 0 ? encodeURIComponent(value) : parameter === undefined ? 'file' : '1'
      })
    })

  const queryOf = (sent: Fields) => {
    const pairs = Object.entries(sent).flatMap(([name, value]) =>
      [value]
        .flat()
        .map((one): [string, string] => [name, typeof one === 'object' ? JSON.stringify(one) : String(one)]),
    )
    return pairs.length > 0 ? `?${new URLSearchParams(pairs)}` : ''
  }

  test('no route returns to a stranger what belongs to others, whatever is sent', async () => {
    const found: string[] = []
    let requests = 0
    for (const [i, { method, url }] of rights.routes().entries()) {
      if (SKIPPED.test(url) || i % effort(8, 2, 1) > 0) continue
      const hasParameters = /[:*]/.test(url)
      for (const address of new Set(addressesOf(url)))
        for (const sent of hasParameters ? fields.slice(0, 2) : fields) {
          const target = method === 'GET' || method === 'DELETE' ? address + queryOf(sent) : address
          const body = method === 'GET' ? {} : { body: sent }
          const { status, text } = await rights.send('none', method, { url: target, ...body })
          requests++
          const own = decodeURIComponent(address) + JSON.stringify(sent)
          const echoes = known
            .filter((one) => own.includes(one))
            .sort((one, other) => other.length - one.length)
          const rest = echoes.reduce(
            (left, one) => left.replaceAll(one, '').replaceAll(encodeURIComponent(one), ''),
            text,
          )
          if (rest.includes('canary-owner') || status >= 500)
            found.push(`${status} ${method} ${target}: ${text.slice(0, 500)}`)
        }
    }
    expect(requests).toBeGreaterThan(effort(2_000, 5_000, 10_000))
    expect(found).toEqual([])
  })
})
