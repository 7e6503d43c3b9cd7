import { join } from 'node:path'
import { DiskBlobs } from '@cairn/platform/blobs/disk'
import { commitDelta } from '@cairn/platform/tables/commit'
import { readDelta } from '@cairn/platform/tables/delta'
import { scanDelta } from '@cairn/platform/tables/scan'
import { newFolder } from '@cairn/platform/testing/folders'
import { expect, test } from 'vitest'
import { PAYLOAD_FIELDS } from '../capture/columns.js'
import { RowWriter } from '../capture/row-writer.js'
import { uploadSpool } from '../capture/upload.js'
import { withSql } from '../run-sql.js'
import { recentFiles } from './recent-files.js'
import { type AnswerSelection, answersOf, readAnswers, readVersions } from './recorded-answers.js'

const settings = {
  endpointId: 'e',
  endpointName: 'movies',
  tableId: 't',
  samplingFraction: 1,
  retentionDays: undefined,
}
const STARTED = 1_700_000_000_000

interface Answer {
  readonly response: unknown
  readonly version?: string
  readonly status?: number
}

/** Reads answers that were recorded in their order, a second apart. */
async function read(recordedAnswers: readonly Answer[], selection: Partial<AnswerSelection> = {}) {
  const blobs = await DiskBlobs.open(newFolder())
  await commitDelta(blobs, 't', { mode: 'create', fields: PAYLOAD_FIELDS, adds: [], rows: 0 })
  const options = { onFull: () => undefined, onError: (error: unknown) => expect(error).toBeUndefined() }
  const writer = new RowWriter({ folder: join(newFolder(), 'own'), ...options })
  for (const [at, { response, version = '1', status = 200 }] of recordedAnswers.entries())
    writer.add({
      ...{
        settings,
        requestId: `r${at}`,
        requester: 'ann',
        durationMs: 1,
        status,
        clientRequestId: undefined,
      },
      ...{ startedAt: STARTED + at * 1000, request: Buffer.from('{}'), served: { entity: 'm', version } },
      response: typeof response === 'string' ? response : JSON.stringify(response),
    })
  for (const spool of await writer.rotate()) await uploadSpool(blobs, 't', spool)
  const relation = await scanDelta(blobs, 't', recentFiles(await readDelta(blobs, 't')))
  const answers = answersOf(relation, 'movies')
  return withSql(async (run) => {
    const chosen = { from: 'newest', answers: 100, latest: 100, ...selection } as const
    const versions = await readVersions({ run, answers })
    const recorded = await readAnswers({ run, answers }, { entity: 'm', version: '1' }, chosen)
    return { versions: versions.map(({ version }) => version), ...recorded }
  })
}

const recommended = (scores: readonly number[], source = 'history') => ({
  recommendations: scores.map((score, at) => ({ item_id: at % 2 ? `tt${at}` : at, score })),
  source,
  notices: [],
})

test('scores are those of the first recommendations, and items are counted', async () => {
  const { scores, times, items, itemsPerAnswer } = await read([
    { response: { predictions: [recommended([0.9, 0.5]), recommended([0.7])] } },
    { response: { predictions: [recommended([0.8, 0.1, 0])] } },
    { response: { predictions: [recommended([400, 300], 'popularity')] } },
    { response: { predictions: [recommended([])] } },
  ])
  expect(scores.toSorted()).toEqual([0.7, 0.8, 0.9])
  expect(scores.at(-1)).toBe(0.8)
  expect(times).toEqual([STARTED, STARTED, STARTED + 1000])
  expect([...items].sort()).toEqual([
    ['0', 3],
    ['2', 1],
    ['tt1', 2],
  ])
  expect(itemsPerAnswer).toBe(2)
})

test('only the first ten items of an answer count', async () => {
  const { items } = await read([{ response: { predictions: [recommended(Array(30).fill(1))] } }])
  expect(items.size).toBe(10)
})

test.each([
  ['numbers', { predictions: [0.25, 1] }, [0.25, 1]],
  [
    'rows of numbers',
    {
      predictions: [
        [0.1, 0.9],
        [0.2, 0.8],
      ],
    },
    [0.1, 0.2],
  ],
  ['tensors', { predictions: [[[0.5]]] }, [0.5]],
  ['records', { predictions: [{ label: 'x', Y: -3.5, Z: 1 }] }, [-3.5]],
  ['text', { predictions: ['spam', 'ham'] }, []],
  ['booleans and nulls', { predictions: [true, null, Number.NaN] }, []],
  ['Open Inference v2', { model_name: 'm', outputs: [{ name: 'o', data: [1.5, 2.5] }] }, [1.5, 2.5]],
  ['something else', { hello: [] }, []],
  ['base64', 'AAECAw==', []],
] as const)('reads %s', async (_, response, wanted) => {
  expect((await read([{ response }])).scores.toSorted((a, b) => a - b)).toEqual(wanted)
})

test('excludes failed answers and other versions, and returns the latest version first', async () => {
  const one = (value: number) => ({ predictions: [value] })
  const { scores, versions } = await read([
    { response: one(1) },
    { response: one(2), status: 500 },
    { response: one(3), version: '2' },
  ])
  expect([scores, versions]).toEqual([[1], ['2', '1']])
})

test('reads the newest or the oldest answers, or those after a time', async () => {
  const all = Array.from({ length: 9 }, (_, n) => ({ response: { predictions: [n] } }))
  expect((await read(all, { answers: 3 })).scores).toEqual([6, 7, 8])
  expect((await read(all, { answers: 3, from: 'oldest' })).scores).toEqual([0, 1, 2])
  expect((await read(all, { after: STARTED + 5000 })).scores).toEqual([6, 7, 8])
})
