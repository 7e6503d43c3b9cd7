import { type TestApp, testApp } from '@cairn/platform/testing/app'
import type { TestDatabase } from '@cairn/platform/testing/databases'
import { tracking } from '../plugin.js'

export interface TestResponse {
  readonly status: number
  // biome-ignore lint/suspicious/noExplicitAny: tests inspect arbitrary responses
  readonly body: any
}

export interface TrackingApp extends TestApp {
  get(path: string, query?: Record<string, string | readonly string[]>): Promise<TestResponse>
  post(path: string, body?: object): Promise<TestResponse>
  send(method: 'PATCH' | 'DELETE' | 'POST', path: string, body?: object): Promise<TestResponse>
  /** @returns its id */
  createExperiment(name: string, more?: object): Promise<string>
  /** Creates a run in `experiment_id`, by default `0`. @returns its id */
  createRun(run?: object): Promise<string>
}

const BASE = '/api/2.0/mlflow'

/** Starts the tracking server on a new database, with helpers for its requests. Paths are below `/api/2.0/mlflow`. */
export async function trackingApp(database: TestDatabase, now?: () => number): Promise<TrackingApp> {
  const served = await testApp(async (app, context) => void (await app.register(tracking, { context })), {
    database,
    ...(now && { now }),
  })
  const send: TrackingApp['send'] = async (method, path, body) => {
    const response = await served.app.inject({
      method,
      url: `${BASE}/${path}`,
      ...(body && { payload: body }),
    })
    return { status: response.statusCode, body: response.json() }
  }
  const get: TrackingApp['get'] = async (path, query = {}) => {
    const search = new URLSearchParams(
      Object.entries(query).flatMap(([name, value]) => [value].flat().map((one) => [name, String(one)])),
    )
    const response = await served.app.inject({ method: 'GET', url: `${BASE}/${path}?${search}` })
    return { status: response.statusCode, body: response.json() }
  }
  const post: TrackingApp['post'] = (path, body = {}) => send('POST', path, body)
  const createExperiment: TrackingApp['createExperiment'] = async (name, more = {}) =>
    (await post('experiments/create', { name, ...more })).body.experiment_id
  const createRun: TrackingApp['createRun'] = async (run = {}) => {
    const { body } = await post('runs/create', { experiment_id: '0', start_time: 1, ...run })
    return body.run.info.run_id
  }
  return { ...served, get, post, send, createExperiment, createRun }
}
