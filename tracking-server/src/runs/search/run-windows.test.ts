import { databases } from '@cairn/platform/testing/databases'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { TrackingSchema } from '../../schema.js'
import { type TrackingApp, trackingApp } from '../../testing/tracking-app.js'
import { eachRunWindow, type RunSelection } from './run-windows.js'

describe.each(databases)('windows of runs on %s', (_name, database) => {
  let tracked: TrackingApp
  beforeAll(async () => {
    tracked = await trackingApp(database)
    for (let start_time = 1; start_time <= 5; start_time++) await tracked.createRun({ start_time })
  })
  afterAll(() => tracked.close())

  async function read(filter: string, wanted: number): Promise<number[]> {
    const db = tracked.context.db.for<TrackingSchema>()
    const selection: RunSelection = { experiment_ids: ['0'], filter }
    const times: number[] = []
    await eachRunWindow(
      db,
      selection,
      { first: 2, max: 2 },
      async ({ from, where }) => {
        const { rows } = await sql<{ start_time: number }>`
          select runs.start_time from ${from} where ${where} order by runs.start_time desc`.execute(db.read)
        times.push(...rows.map(({ start_time }) => start_time))
      },
      () => times.length >= wanted,
    )
    return times
  }

  test('end when no further one is needed', async () => {
    expect(await read('', 5)).toEqual([5, 4, 3, 2, 1])
    expect(await read('', 3)).toEqual([5, 4, 3, 2])
    expect(await read('', 0)).toEqual([])
  })

  test('of the candidates of a filter end too', async () => {
    const { rows } = await sql<{ run_name: string }>`select run_name from runs`.execute(
      tracked.context.db.for<TrackingSchema>().read,
    )
    const filter = `run_name IN (${rows.map(({ run_name }) => `'${run_name}'`).join(', ')})`
    expect(await read(filter, 5)).toHaveLength(5)
    expect(await read(filter, 3)).toHaveLength(4)
  })

  test('of an experiment read their part of one index, and no rows', async () => {
    const db = tracked.context.db.for<TrackingSchema>()
    if (db.dialect.name !== 'sqlite') return // PostgreSQL scans a table of five rows
    const plans: string[] = []
    await eachRunWindow(db, { experiment_ids: ['0'] }, { first: 2, max: 2 }, async ({ from, where }) => {
      const { rows } = await sql<{ detail: string }>`
        explain query plan select count(*) from ${from} where ${where}`.execute(db.read)
      plans.push(...rows.map(({ detail }) => detail))
    })
    const index = 'SEARCH runs USING COVERING INDEX runs_by_start'
    expect(plans).toEqual([
      `${index} (experiment_id=? AND start_time>?)`,
      `${index} (experiment_id=? AND start_time>? AND start_time<?)`,
      `${index} (experiment_id=? AND start_time<?)`,
    ])
  })
})
