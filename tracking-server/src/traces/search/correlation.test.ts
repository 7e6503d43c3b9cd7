import { databases } from '@cairn/platform/testing/databases'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type TracingApp, tracingApp } from '../../testing/tracing-app.js'

describe.each(databases)('correlation of trace filters on %s', (_name, database) => {
  let traced: TracingApp
  beforeAll(async () => {
    traced = await tracingApp(database)
  })
  afterAll(() => traced.close())

  test('returns counts and mutual information', async () => {
    const experiment_id = await traced.createExperiment('correlated')
    const trace_location = { mlflow_experiment: { experiment_id } }
    for (let i = 0; i < 10; i++)
      await traced.createTrace({
        trace_location,
        tags: { env: i < 6 ? 'prod' : 'dev', type: i < 7 ? 'TOOL' : 'LLM' },
        request_time: `2026-01-01T00:00:0${i}Z`,
      })
    const correlate = async (filter_string1: string, filter_string2: string, more: object = {}) =>
      (
        await traced.traces('POST', '/calculate-filter-correlation', {
          experiment_ids: [experiment_id],
          filter_string1,
          filter_string2,
          ...more,
        })
      ).body
    expect(await correlate("tags.env = 'prod'", "tags.type = 'TOOL'")).toEqual({
      filter1_count: 6,
      filter2_count: 7,
      joint_count: 6,
      total_count: 10,
      npmi: expect.closeTo(Math.log(10 / 7) / -Math.log(0.6), 12),
      npmi_smoothed: expect.any(Number),
    })
    expect(await correlate("tags.env = 'test'", "tags.type = 'TOOL'")).toMatchObject({
      npmi: 'NaN',
      joint_count: 0,
    })
    expect(await correlate("tags.env = 'prod'", "tags.type = 'LLM'")).toMatchObject({ npmi: -1 })
    const base = { base_filter: 'timestamp_ms < 1767225603000' }
    expect(await correlate("tags.env = 'prod'", "tags.type = 'TOOL'", base)).toMatchObject({
      total_count: 3,
      npmi: 1,
    })
    expect(
      (
        await traced.traces('POST', '/calculate-filter-correlation', {
          experiment_ids: ['0'],
          filter_string1: 'x',
          filter_string2: "status = 'OK'",
        })
      ).status,
    ).toBe(400)
  })
})
