import { createHash } from 'node:crypto'
import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { encodeLine, type LogEvent } from '../offline/event.js'
import { readLog } from '../offline/read-log.js'
import { RegistryClient } from '../registry.js'
import { withRun } from '../run.js'
import { clientIdFilter } from '../tracking/create-once.js'
import type { TrackingClient } from '../tracking.js'
import { newFolder } from './folders.js'

/** Records an offline run with every kind of event. @returns its folder */
export async function recordRun(experiment: string, metrics = 300): Promise<string> {
  const run = { mode: 'offline', folder: await newFolder(), experiment, name: 'recorded' } as const
  return withRun({ ...run, tags: { team: 'web' } }, async (run) => {
    await run.logParams({ factors: 64, text: 'grüße\n"' })
    const dataset = { name: 'ratings', digest: 'abc', source_type: 'local', source: '{}' }
    await run.logInput(dataset, 'training')
    const model = await run.logModel(
      { 'weights.bin': new Uint8Array(5000).map((_, i) => i % 251) },
      { name: 'als', flavors: { mine: {} }, params: { k: 8 }, inputExample: [{ user: 1 }], step: 2 },
    )
    for (let step = 0; step < metrics; step++)
      await run.logMetrics({ loss: 1 / (step + 1) }, { step, timestamp: 1000 + step })
    await run.logMetrics({ nan: Number.NaN, inf: Number.POSITIVE_INFINITY }, { timestamp: 7 })
    await run.logMetrics({ ndcg: 0.5 }, { modelId: model.modelId, timestamp: 8 })
    await run.registerModel(model, { name: `${experiment} als`, alias: 'champion', tags: { gate: 'open' } })
    await run.logText('first', 'notes/a b.txt')
    await run.logText('second', 'notes/a b.txt')
    await run.logTable([{ x: 1, y: 'a' }], 't.json')
    await run.logTable([{ y: 'b', z: true }], 't.json')
    await run.setTags({ stage: 'one' })
    await run.setTags({ stage: 'two' })
    return run.folder!
  })
}

export async function eventsOf(folder: string): Promise<LogEvent[]> {
  const events: LogEvent[] = []
  for await (const { event } of readLog<LogEvent>(join(folder, 'log.jsonl'))) events.push(event)
  return events
}

/** Copies a run as a different one, with new ids and another registered model. */
export async function copyRun(from: string, to: string): Promise<string> {
  const renamed = new Map<string, string>()
  const newId = (id: string) => {
    if (!renamed.has(id)) renamed.set(id, crypto.randomUUID())
    return renamed.get(id)!
  }
  const name = `copy ${crypto.randomUUID()}`
  const events = (await eventsOf(from)).map((event): LogEvent => {
    if (event.type === 'run' || event.type === 'model') return { ...event, id: newId(event.id) }
    if (event.type === 'register')
      return { ...event, id: newId(event.id), model: newId(event.model), options: { ...event.options, name } }
    if (event.type !== 'batch') return event
    const metrics = event.batch.metrics?.map((one) => ({
      ...one,
      ...(one.model_id && { model_id: newId(one.model_id) }),
    }))
    return { ...event, batch: { ...event.batch, ...(metrics && { metrics }) } }
  })
  const folder = join(to, (events[0] as Extract<LogEvent, { type: 'run' }>).id)
  await mkdir(folder, { recursive: true })
  await cp(join(from, 'files'), join(folder, 'files'), { recursive: true })
  await writeFile(join(folder, 'log.jsonl'), events.map(encodeLine).join(''))
  return folder
}

/** Returns what a server has of the offline run with this id, without ids and times that the server generated. */
export async function contentOf(client: TrackingClient, experiment: string, id: string) {
  const { experiment_id } = await client.experiments.getByName(experiment)
  const search = { experiment_ids: [experiment_id], filter: clientIdFilter(id) }
  const runs = await all(client.runs.search(search))
  return Promise.all(
    runs.map(async ({ info, data, inputs, outputs }) => ({
      status: info.status,
      name: info.run_name,
      start: info.start_time,
      end: info.end_time,
      params: sorted(data.params ?? []),
      tags: sorted((data.tags ?? []).filter((tag) => tag.key !== 'cairn.client_id')),
      inputs,
      metrics: await Promise.all(
        sorted(data.metrics ?? []).map(async ({ key }) => ({
          key,
          points: (await all(client.runs.metricHistory(info.run_id, key))).map((point) => [
            point.step ?? 0,
            point.timestamp,
            String(point.value),
          ]),
        })),
      ),
      files: await digests(client, info.artifact_uri),
      models: await Promise.all(
        (outputs?.model_outputs ?? []).map(({ model_id }) => modelContent(client, model_id, info.run_id)),
      ),
    })),
  )
}

async function modelContent(client: TrackingClient, modelId: string, runId: string) {
  const { info, data } = await client.loggedModels.get(modelId)
  const others = client.loggedModels.search({
    experiment_ids: [info.experiment_id],
    filter: `source_run_id = '${runId}'`,
  })
  const versions = new RegistryClient(client.transport).searchVersions({ filter: `run_id = '${runId}'` })
  return {
    status: info.status,
    name: info.name,
    params: data?.params,
    metrics: data?.metrics?.map(({ key, value }) => [key, value]),
    modelsOfRun: (await all(others)).length,
    files: (await digests(client, info.artifact_uri)).map(([path, sha256]) => [
      path,
      path === 'MLmodel' ? '' : sha256,
    ]),
    versions: (await all(versions)).map(({ version, source }) => [version, source === `models:/${modelId}`]),
  }
}

async function digests(client: TrackingClient, root: string): Promise<[string, string][]> {
  const files = await all(client.artifacts.walk(root))
  const found = files.map(async ({ path }): Promise<[string, string]> => {
    const bytes = await new Response(await client.artifacts.get(root, path)).arrayBuffer()
    return [path, createHash('sha256').update(Buffer.from(bytes)).digest('hex')]
  })
  return (await Promise.all(found)).sort()
}

const sorted = <T extends { readonly key: string }>(rows: readonly T[]): T[] =>
  rows.toSorted((a, b) => (a.key < b.key ? -1 : 1))

export async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = []
  for await (const item of items) found.push(item)
  return found
}

/** Returns names and bytes of a folder's files, to assert that nothing changed. */
export async function snapshot(folder: string): Promise<Record<string, string>> {
  const names = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((one) =>
    one.isFile(),
  )
  const entries = names.map(async (one) => {
    const path = join(one.parentPath, one.name)
    return [path.slice(folder.length), (await readFile(path)).toString('base64')] as const
  })
  return Object.fromEntries(await Promise.all(entries))
}
