import { appendFileSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DiskBlobs } from '@cairn/platform/blobs/disk'
import { ApiError } from '@cairn/platform/errors'
import type { Client } from '@cairn/platform/protocol/client'
import { commitDelta } from '@cairn/platform/tables/commit'
import { readDelta } from '@cairn/platform/tables/delta'
import { readRows } from '@cairn/platform/tables/read'
import { newFolder } from '@cairn/platform/testing/folders'
import { silentLog } from '@cairn/platform/testing/silent-log'
import type { FastifyRequest } from 'fastify'
import { beforeEach, expect, test } from 'vitest'
import { EndpointBusyError } from '../endpoint-busy-error.js'
import { unavailable } from '../runtime/unavailable.js'
import { startRecording } from './capture.js'
import { PAYLOAD_FIELDS } from './columns.js'
import type { RecordedQuery } from './payload-row.js'
import { deleteOldRows } from './retention.js'
import { RowWriter } from './row-writer.js'
import { takeLeftovers } from './spool.js'
import { Uploader } from './uploader.js'

const LOCATION = 'tables/t'
const STARTED = Date.parse('2026-03-04T05:06:07.089Z')
const settings = {
  endpointId: 'e1',
  endpointName: 'movies',
  tableId: 't',
  samplingFraction: 0.5,
  retentionDays: undefined,
}
const aQuery = (change: Partial<RecordedQuery> = {}): RecordedQuery => ({
  settings,
  requestId: 'r1',
  requester: 'ann',
  startedAt: STARTED,
  durationMs: 12.4,
  status: 200,
  request: Buffer.from('{"inputs": ["é\\n"]}'),
  response: '{"predictions": [1]}',
  clientRequestId: 'mine \ud800',
  served: { entity: 'movies-1', version: '1' },
  ...change,
})

let blobs: DiskBlobs
let root: string
beforeEach(async () => {
  blobs = await DiskBlobs.open(newFolder())
  root = newFolder()
  await commitDelta(blobs, LOCATION, { mode: 'create', fields: PAYLOAD_FIELDS, adds: [], rows: 0 })
})

const errors: unknown[] = []
const aWriter = (limits = {}, holder = 'ended') =>
  new RowWriter({
    folder: join(root, holder),
    limits,
    onFull: () => undefined,
    onError: (error) => errors.push(error),
  })
const call = (async () => ({ url: blobs.uri(LOCATION) })) as unknown as Client
const anUploader = (writer: RowWriter, parts: Partial<ConstructorParameters<typeof Uploader>[0]> = {}) =>
  new Uploader({
    ...{ blobs, call, writer, leftovers: async () => [], settings: () => [], now: Date.now, log: silentLog },
    ...parts,
  })
const rows = async (columns?: string[]) => {
  const all: Record<string, unknown>[] = []
  for await (const row of readRows(blobs, LOCATION, columns ? { columns } : {})) all.push(row)
  return all
}
const ids = async () => (await rows(['databricks_request_id'])).map((row) => row.databricks_request_id).sort()

test('a query becomes a row with the columns of Databricks', async () => {
  const writer = aWriter()
  writer.add(aQuery())
  await anUploader(writer).stop()
  expect(await rows()).toEqual([
    {
      databricks_request_id: 'r1',
      client_request_id: 'mine \ufffd',
      request_date: new Date('2026-03-04'),
      request_time: new Date(STARTED),
      status_code: 200,
      sampling_fraction: 0.5,
      execution_duration_ms: 12,
      request: '{"inputs": ["é\\n"]}',
      response: '{"predictions": [1]}',
      logging_error_codes: [],
      served_entity_id: 'e1/movies-1',
      requester: 'ann',
      endpoint_name: 'movies',
      served_entity: 'movies-1',
      model_version: '1',
    },
  ])
  expect(readdirSync(join(root, 'ended'))).toEqual([])
})

test('omits and reports bodies over 1 MiB, and writes binary ones in base64', async () => {
  const writer = aWriter()
  const large = 'x'.repeat(1024 ** 2)
  writer.add(aQuery({ request: Buffer.from(large), response: `${large}x` }))
  writer.add(
    aQuery({
      requestId: 'r2',
      request: Buffer.from(`${large}x`),
      served: undefined,
      clientRequestId: undefined,
    }),
  )
  writer.add(
    aQuery({ requestId: 'r3', request: Buffer.from([0xff, 0x00, 0x01]), response: Buffer.from([0, 1]) }),
  )
  await anUploader(writer).stop()
  const [first, second, third] = (await rows()).sort((a, b) =>
    String(a.databricks_request_id) < String(b.databricks_request_id) ? -1 : 1,
  )
  expect(first).toMatchObject({ response: null, logging_error_codes: ['MAX_RESPONSE_SIZE_EXCEEDED'] })
  expect(String(first!.request)).toHaveLength(1024 ** 2)
  expect(second).toMatchObject({
    ...{ request: null, logging_error_codes: ['MAX_REQUEST_SIZE_EXCEEDED'] },
    ...{ served_entity: null, served_entity_id: null, client_request_id: null },
  })
  expect(third).toMatchObject({ request: '/wAB', response: 'AAE=' })
})

test('drops and counts rows beyond the limits of memory and disk', async () => {
  const few = aWriter({ rows: 2 })
  for (let n = 0; n < 5; n++) few.add(aQuery({ requestId: `r${n}` }))
  expect(few.dropped).toBe(3)
  expect(await few.rotate()).toHaveLength(1)
  expect(few.written).toBe(2)
  const small = aWriter({ bytes: 1000 }, 'small')
  small.add(aQuery({ request: Buffer.alloc(2000) }))
  small.add(aQuery())
  expect(small.dropped).toBe(1)
  await small.rotate()
  const full = aWriter({ diskBytes: 1 }, 'full')
  full.add(aQuery())
  const [file] = await full.rotate()
  full.add(aQuery())
  expect(full.dropped).toBe(1)
  full.release(file!)
  full.add(aQuery())
  expect(full.dropped).toBe(1)
  await full.rotate()
})

test('rows reach the disk without a rotation', async () => {
  const writer = aWriter()
  writer.add(aQuery())
  await expect.poll(() => writer.written).toBe(1)
  const [name] = readdirSync(join(root, 'ended'))
  expect(readFileSync(join(root, 'ended', name!), 'utf8')).toMatch(/^\{"databricks_request_id":"r1".*\}\n$/)
  await writer.rotate()
})

test('failures of a model are recorded, refusals of a busy endpoint are not', () => {
  const recorded: RecordedQuery[] = []
  const request = {
    id: 'r1',
    principal: { name: 'ann' },
    body: Buffer.from('{}'),
  } as unknown as FastifyRequest
  const recording = startRecording(
    (query) => recorded.push(query),
    { ...settings, samplingFraction: 1 },
    request,
  )!
  const served = { entity: { name: 'movies-1' }, version: '1' }
  recording.failed(served, new EndpointBusyError(), (error) => error)
  recording.failed(served, unavailable('its thread has stopped'), (error) => error)
  expect(recorded).toMatchObject([{ status: 503, response: expect.stringContaining('has stopped') }])
})

test('the rows of a killed process are uploaded once, without an incomplete last line', async () => {
  const killed = aWriter({}, 'ended-1-2-3')
  killed.add(aQuery({ requestId: 'a' }))
  killed.add(aQuery({ requestId: 'b' }))
  const [file] = await killed.rotate()
  appendFileSync(file!.path, '{"databricks_request_id":"c","request":"{\\"inp')
  expect(await takeLeftovers(root, 'ended-1-2-3')).toEqual([])
  expect(await takeLeftovers(root, 'own')).toEqual([]) // the other process may be alive
  const ago = new Date(Date.now() - 61_000)
  utimesSync(join(root, 'ended-1-2-3'), ago, ago)
  const copy = readFileSync(file!.path)
  const leftovers = () => takeLeftovers(root, 'own')
  await anUploader(aWriter({}, 'own'), { leftovers }).stop()
  expect(await ids()).toEqual(['a', 'b'])
  expect(readdirSync(root)).toEqual(['own'])
  // as after a kill between the commit and the deletion of the file
  mkdirSync(join(root, 'ended-1-2-3'))
  writeFileSync(file!.path, copy)
  utimesSync(join(root, 'ended-1-2-3'), ago, ago)
  await anUploader(aWriter({}, 'own'), { leftovers }).stop()
  expect(readdirSync(join(root, 'own'))).toEqual([])
  expect(await ids()).toEqual(['a', 'b'])
})

test('rows are kept while the table cannot be written, and dropped with a deleted table', async () => {
  const writer = aWriter()
  let failure: ApiError | undefined = new ApiError('TEMPORARILY_UNAVAILABLE', 'The store is down.')
  const failing = (async () => {
    if (failure) throw failure
    return { url: blobs.uri(LOCATION) }
  }) as unknown as Client
  const uploader = anUploader(writer, { call: failing })
  writer.add(aQuery({ requestId: 'kept' }))
  await uploader.stop()
  expect(readdirSync(join(root, 'ended'))).toHaveLength(1)
  failure = undefined
  await uploader.stop()
  expect(await ids()).toEqual(['kept'])
  const other = anUploader(writer, { call: failing })
  failure = new ApiError('TABLE_NOT_FOUND', 'Gone.')
  writer.add(aQuery())
  await other.stop()
  expect(readdirSync(join(root, 'ended'))).toEqual([])
  expect(await ids()).toEqual(['kept'])
})

test('an upload does not recreate a table whose files were deleted', async () => {
  const writer = aWriter()
  writer.add(aQuery())
  await blobs.delete(LOCATION)
  await anUploader(writer).stop()
  expect((await blobs.list(LOCATION)).folders).toEqual([])
  expect(readdirSync(join(root, 'ended'))).toEqual([])
})

test('old rows are deleted with their files', async () => {
  for (const [requestId, startedAt] of [
    ['old', STARTED],
    ['new', STARTED + 1000],
  ] as const) {
    const writer = aWriter({}, requestId)
    writer.add(aQuery({ requestId, startedAt }))
    await anUploader(writer).stop()
  }
  await deleteOldRows(blobs, LOCATION, STARTED)
  expect(await ids()).toEqual(['new', 'old'])
  const { files } = await readDelta(blobs, LOCATION)
  await deleteOldRows(blobs, LOCATION, STARTED + 1)
  expect(await ids()).toEqual(['new'])
  const left = await readDelta(blobs, LOCATION)
  const [removed] = files.filter(({ path }) => !left.files.some((file) => file.path === path))
  await expect(blobs.head(`${LOCATION}/${removed!.path}`)).rejects.toMatchObject({
    code: 'RESOURCE_DOES_NOT_EXIST',
  })
  await deleteOldRows(blobs, LOCATION, STARTED + 1)
  expect((await readDelta(blobs, LOCATION)).version).toBe(left.version)
})
