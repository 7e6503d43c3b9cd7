import { handle } from '@cairn/platform/http/handle'
import { ListVersionLocations } from '@cairn/platform/protocol/cairn/version-locations'
import { type TestApp, testApp } from '@cairn/platform/testing/app'
import { databases } from '@cairn/platform/testing/databases'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { tracking } from '../plugin.js'

describe.each(databases)('a purge of runs on %s', (_name, database) => {
  let served: TestApp
  /** Locations of the model versions in the registry, which is another service. */
  let sources: string[]
  beforeEach(async () => {
    sources = []
    served = await testApp(
      async (app, context) => {
        await app.register(tracking, { context })
        handle(app, ListVersionLocations, async ({ after = 0 }) => ({
          locations: sources
            .map((location, i) => ({ name: 'm', version: String(i + 1), location, position: i + 1 }))
            .slice(after),
        }))
      },
      { database },
    )
  })
  afterEach(() => served.close())

  const post = async (url: string, payload: object) => {
    const response = await served.app.inject({ method: 'POST', url, payload })
    return { status: response.statusCode, body: response.json() }
  }
  const aRun = async () => {
    const { body } = await post('/api/2.0/mlflow/runs/create', { experiment_id: '0' })
    const run_id: string = body.run.info.run_id
    await served.context.blobs.put(`0/${run_id}/artifacts/a`, Buffer.from('12345'))
    return run_id
  }
  const remove = (run_id: string) => post('/api/2.0/mlflow/runs/delete', { run_id })
  const purge = (...run_ids: string[]) => post('/api/cairn/v1/runs/purge', { run_ids })
  const files = async () => {
    const found: string[] = []
    for await (const { key } of served.context.blobs.walk('')) found.push(key)
    return found
  }

  test('removes deleted runs with their files at once, and no others', async () => {
    const [gone, other] = [await aRun(), await aRun()]
    for (const run_id of [gone, other]) await remove(run_id)
    expect(await purge(gone, gone)).toEqual({ status: 200, body: { purged: [gone], kept: [] } })
    expect(await files()).toEqual([`0/${other}/artifacts/a`])
    expect(await purge(gone)).toMatchObject({ status: 404 })
  })

  test('refuses all when one run is not deleted, and names it', async () => {
    const [active, deleted] = [await aRun(), await aRun()]
    await remove(deleted)
    const { status, body } = await purge(deleted, active)
    expect([status, body.error_code]).toEqual([400, 'INVALID_PARAMETER_VALUE'])
    expect(body.message).toContain(`'run_ids': run '${active}' is not deleted`)
    expect(await files()).toHaveLength(2)
    for (const run_ids of [[], 'x', Array(101).fill(deleted)])
      expect(await post('/api/cairn/v1/runs/purge', { run_ids })).toMatchObject({ status: 400 })
  })

  test('keeps a run whose files a model version uses, and says which', async () => {
    const [used, free] = [await aRun(), await aRun()]
    for (const run_id of [used, free]) await remove(run_id)
    sources = [`runs:/${used}/a`]
    const { body } = await purge(used, free)
    expect(body).toEqual({
      purged: [free],
      kept: [{ run_id: used, reason: 'models:/m/1 uses its files' }],
    })
    expect(await files()).toEqual([`0/${used}/artifacts/a`])
  })
})
