import { join } from 'node:path'
import { DiskBlobs } from '@cairn/platform/blobs/disk'
import { migrate } from '@cairn/platform/db/migrate'
import { commitDelta } from '@cairn/platform/tables/commit'
import { readDelta } from '@cairn/platform/tables/delta'
import { scanDelta } from '@cairn/platform/tables/scan'
import { testAuth } from '@cairn/platform/testing/auth'
import { databases } from '@cairn/platform/testing/databases'
import { newFolder } from '@cairn/platform/testing/folders'
import { describe, expect, onTestFinished, test } from 'vitest'
import { PAYLOAD_FIELDS } from '../capture/columns.js'
import { RowWriter } from '../capture/row-writer.js'
import { uploadSpool } from '../capture/upload.js'
import type { FeedbackRow, ServingSchema } from '../schema.js'
import { outcomeRows } from './outcomes.js'
import { FeedbackStore } from './store.js'
import { summarizeFeedback } from './summary.js'

const settings = {
  endpointId: 'e',
  endpointName: 'movies',
  tableId: 't',
  samplingFraction: 1,
  retentionDays: undefined,
}

interface Answer {
  readonly id: string
  readonly version: string
  readonly client?: string
  readonly status?: number
}

/** An inference table with answers of versions of the entity `m`, as a relation. */
async function tableOf(answers: readonly Answer[]): Promise<string> {
  const blobs = await DiskBlobs.open(newFolder())
  await commitDelta(blobs, 't', { mode: 'create', fields: PAYLOAD_FIELDS, adds: [], rows: 0 })
  const options = { onFull: () => undefined, onError: (error: unknown) => expect(error).toBeUndefined() }
  const writer = new RowWriter({ folder: join(newFolder(), 'own'), ...options })
  for (const [at, { id, version, client, status = 200 }] of answers.entries())
    writer.add({
      settings,
      ...{ requestId: id, requester: 'ann', startedAt: 1_700_000_000_000 + at, durationMs: 1, status },
      ...{
        request: Buffer.from('{}'),
        response: '{}',
        clientRequestId: client,
        served: { entity: 'm', version },
      },
    })
  for (const spool of await writer.rotate()) await uploadSpool(blobs, 't', spool)
  return scanDelta(blobs, 't', await readDelta(blobs, 't'))
}

type Outcome = Pick<FeedbackRow, 'outcome'> & Partial<FeedbackRow>
async function* pages(outcomes: readonly Outcome[]): AsyncIterable<FeedbackRow[]> {
  const rest = { endpoint_id: 'e', request_id: '', client_request_id: '', timestamp: 1, sender: 'ann' }
  yield outcomes.map((row) => ({ ...rest, name: 'outcome', ...row }))
}
const summaryOf = async (answers: readonly Answer[], outcomes: readonly Outcome[]) =>
  summarizeFeedback(await tableOf(answers), 'movies', pages(outcomes))

test('outcomes are counted for the variant that answered', async () => {
  const answers = Array.from({ length: 20 }, (_, n) => ({ id: `r${n}`, version: n % 2 ? '2' : '1' }))
  const summary = await summaryOf(
    [...answers, { id: 'failed', version: '1', status: 400 }],
    [
      ...answers.slice(0, 16).map(({ id }, n) => ({ request_id: id, outcome: Number(n % 4 === 3) })),
      { request_id: 'r0', name: 'minutes', outcome: 12.5 },
      { request_id: 'unknown', outcome: 1 },
      { request_id: 'failed', outcome: 1 },
    ],
  )
  expect(summary.unmatched).toBe(2)
  expect(summary.variants).toMatchObject([
    {
      ...{ served_entity: 'm', version: '1', answers: 10 },
      outcomes: [
        { name: 'minutes', count: 1, mean: 12.5 },
        { name: 'outcome', count: 8, mean: 0, interval: { low: 0 } },
      ],
    },
    { version: '2', answers: 10, outcomes: [{ name: 'outcome', count: 8, mean: 0.5 }] },
  ])
  expect(summary.variants[0]!.outcomes[0]).not.toHaveProperty('interval')
  expect(summary.differences).toMatchObject([{ name: 'outcome', test: 'two_proportions', difference: 0.5 }])
})

test('outcomes by client_request_id find the answer, unless several variants share it', async () => {
  const answers = [
    { id: 'a', version: '1', client: 'one' },
    { id: 'b', version: '1', client: 'both' },
    { id: 'c', version: '2', client: 'both' },
    { id: 'd', version: '1', client: 'twice' },
    { id: 'e', version: '1', client: 'twice' },
  ]
  const outcomes = ['one', 'both', 'twice'].map((client_request_id) => ({ client_request_id, outcome: 0.5 }))
  const { variants, unmatched } = await summaryOf(answers, outcomes)
  expect(variants.map((variant) => variant.outcomes.map(({ count }) => count))).toEqual([[2], []])
  expect(unmatched).toBe(1)
})

test('the test is paired where both variants answered every client request', async () => {
  const answers = Array.from({ length: 12 }, (_, n) => ({
    id: `r${n}`,
    version: n % 2 ? '2' : '1',
    client: `c${Math.floor(n / 2)}`,
  }))
  const outcomes = answers.map(({ id }, n) => ({
    request_id: id,
    outcome: Math.floor(n / 2) + (n % 2) * (1 + n / 100),
  }))
  const { differences } = await summaryOf(answers, outcomes)
  expect(differences).toMatchObject([{ test: 'paired', difference: expect.closeTo(1.06, 6) }])
  expect(differences[0]!.p_value).toBeLessThan(1e-6)
  const unpaired = await summaryOf(answers, outcomes.slice(1))
  expect(unpaired.differences[0]).toMatchObject({ test: 'welch' })
})

test('without answers or outcomes the summary is empty', async () => {
  expect(await summaryOf([], [])).toEqual({ variants: [], differences: [], unmatched: 0 })
})

describe('an outcome', () => {
  test('is a number from 0 to 1, or named numbers', () => {
    expect(outcomeRows({ request_id: 'r', outcome: 1 }, '', 7)).toEqual([
      { request_id: 'r', client_request_id: '', name: 'outcome', outcome: 1, timestamp: 7 },
    ])
    const named = outcomeRows(
      { client_request_id: 'c', outcome: { minutes: 30, stars: -1 }, timestamp: 3 },
      '',
      7,
    )
    expect(named.map(({ name, outcome, timestamp }) => [name, outcome, timestamp])).toEqual([
      ['minutes', 30, 3],
      ['stars', -1, 3],
    ])
  })

  test.each([
    [{ outcome: 1 }, "'feedback[2].request_id'"],
    [{ request_id: 'r', client_request_id: 'c', outcome: 1 }, "'feedback[2].client_request_id'"],
    [{ request_id: 'r' }, "'feedback[2].outcome'"],
    [{ request_id: 'r', outcome: 2 }, "'feedback[2].outcome'"],
    [{ request_id: 'r', outcome: [1] }, "'feedback[2].outcome'"],
    [{ request_id: 'r', outcome: {} }, "'feedback[2].outcome'"],
    [{ request_id: 'r', outcome: { minutes: '3' } }, "'feedback[2].outcome.minutes'"],
    [{ request_id: 'r', outcome: { 'a b': 3 } }, "'feedback[2].outcome'"],
  ])('is refused, naming the field: %o', (input, field) => {
    expect(() => outcomeRows(input, 'feedback[2].', 7)).toThrow(field)
  })
})

describe.each(databases)('stored feedback on %s', (_, database) => {
  test('replaces earlier outcomes, also in one batch, and continues pages where they ended', async () => {
    const { db, close } = await testAuth(database)
    onTestFinished(close)
    await migrate(db, 'serving', new URL('../migrations/', import.meta.url))
    const store = new FeedbackStore(db.for<ServingSchema>())
    const row = (at: number, outcome: number) => ({
      ...{ request_id: '', client_request_id: `c${at}`, name: 'outcome', outcome, timestamp: 1 },
    })
    await store.put('e', 'ann', [row(0, 0.1), row(0, 0.2)])
    await store.put('e', 'bob', [row(0, 0.3), ...Array.from({ length: 1_200 }, (_, at) => row(at + 1, 1))])
    await store.put('other', 'ann', [row(0, 1)])
    const rows: FeedbackRow[] = []
    for await (const page of store.pages('e', 500)) rows.push(...page)
    expect(rows).toHaveLength(1_201)
    expect(new Set(rows.map(({ client_request_id }) => client_request_id)).size).toBe(1_201)
    expect(rows[0]).toMatchObject({ client_request_id: 'c0', outcome: 0.3, sender: 'bob' })
  })
})
