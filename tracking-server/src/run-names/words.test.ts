import { databases } from '@cairn/platform/testing/databases'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { TrackingSchema } from '../schema.js'
import { type TrackingApp, trackingApp } from '../testing/tracking-app.js'
import { fillWords } from './words.js'

describe.each(databases)('the words of runs on %s', (_name, database) => {
  let served: TrackingApp
  beforeAll(async () => {
    served = await trackingApp(database)
  })
  afterAll(() => served.close())

  test('those of earlier releases are split as those of new runs', async () => {
    const { db } = served.context
    const tracking = db.for<TrackingSchema>()
    const names = ['Bold-elk_12', 'ÉTUDE|x+y', '새벽 얼룩말', 'x²', '---']
    for (const run_name of names) await served.createRun({ run_name })
    const read = () =>
      tracking.read.selectFrom('run_words').selectAll().orderBy('run_id').orderBy('word').execute()
    const split = await read()
    expect(split.map(({ word }) => word)).toContain('étude')
    await tracking.transaction(async (tx) => {
      await tx.deleteFrom('run_words').execute()
      await tx.insertInto('run_words_fill').values({ after_run_id: '' }).execute()
    })
    await fillWords(tracking)
    expect(await read()).toEqual(split)
    expect(await tracking.read.selectFrom('run_words_fill').selectAll().execute()).toEqual([])
  })
})
