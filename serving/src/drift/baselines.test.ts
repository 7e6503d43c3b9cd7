import { formatDriftBaseline } from '@cairn/flavors/drift/drift-baseline'
import { ArtifactLocations } from '@cairn/platform/blobs/artifact-locations'
import { DiskBlobs } from '@cairn/platform/blobs/disk'
import { migrate } from '@cairn/platform/db/migrate'
import { testAuth } from '@cairn/platform/testing/auth'
import { databases } from '@cairn/platform/testing/databases'
import { newFolder } from '@cairn/platform/testing/folders'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { ServingSchema } from '../schema.js'
import { TestRegistry } from '../testing/registry.js'
import { Baselines } from './baselines.js'

const FILE = 'models/1/drift_baseline.json'
const logged = { top_scores: [0.5, 0.7], items: [[1, 2], [1]], popular: [1], catalogue: 9 }
const answers = (...scores: number[]) => ({
  scores,
  times: scores.map((_, at) => 1000 + at),
  items: new Map([
    ['a', 1],
    ['b', 3],
  ]),
  itemsPerAnswer: 2,
})

describe.each(databases)('baselines on %s', (_, database) => {
  async function setUp() {
    const { db, close } = await testAuth(database)
    onTestFinished(close)
    await migrate(db, 'serving', new URL('../migrations/', import.meta.url))
    const blobs = await DiskBlobs.open(newFolder())
    const locations = new ArtifactLocations({ proxied: blobs, roots: [], s3: {} })
    const registry = new TestRegistry(blobs)
    await registry.put('1')
    const { call } = registry
    return { blobs, baselines: new Baselines({ db: db.for<ServingSchema>(), locations, call }) }
  }

  test('reads the baseline that was logged with a version, cut to the length of answers', async () => {
    const { blobs, baselines } = await setUp()
    await blobs.put(FILE, Buffer.from(formatDriftBaseline(logged)))
    const baseline = (await baselines.findLogged('movies', '1'))!
    expect(baseline).toMatchObject({ source: 'training', scores: [0.5, 0.7], popular: ['1'], catalogue: 9 })
    expect([...baseline.items(1)]).toEqual([['1', 2]])
    expect([...baseline.items(10)]).toEqual([
      ['1', 2],
      ['2', 1],
    ])
  })

  test('ignores a missing or malformed file', async () => {
    const { blobs, baselines } = await setUp()
    expect(await baselines.findLogged('movies', '1')).toBeUndefined()
    await blobs.put(FILE, Buffer.from('{"format": "other"}'))
    expect(await baselines.findLogged('movies', '1')).toBeUndefined()
  })

  test('pins first answers once for each version', async () => {
    const { baselines } = await setUp()
    const served = { entity: 'm', version: '1' }
    expect(await baselines.findPinned('e', served)).toBeUndefined()
    const first = await baselines.pin('e', served, answers(3, 1, 2))
    expect(first).toMatchObject({ source: 'first_answers', scores: [3, 1, 2], popular: ['b', 'a'], to: 1002 })
    expect((await baselines.pin('e', served, answers(9))).scores).toEqual([3, 1, 2])
    expect((await baselines.findPinned('e', served))!.items(1).get('b')).toBe(3)
    expect(await baselines.findPinned('e', { entity: 'm', version: '2' })).toBeUndefined()
    expect(await baselines.findPinned('other', served)).toBeUndefined()
  })
})
