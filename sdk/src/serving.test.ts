import { expect, test } from 'vitest'
import { HttpTransport } from './http.js'
import { type Endpoint, ServingClient } from './serving.js'

type Reply = { readonly body: unknown; readonly status?: number; readonly headers?: Record<string, string> }

/** A fake network that sends the replies in order, repeats the last, and records the requests. */
function scripted(...replies: Reply[]) {
  const requests: string[] = []
  const fetch = async (url: string, init: RequestInit) => {
    requests.push(`${init.method} ${url.replace('http://h', '')} ${init.body ?? ''}`.trim())
    const { body, status = 200, headers = {} } = replies[Math.min(requests.length, replies.length) - 1]!
    return new Response(JSON.stringify(body), { status, headers })
  }
  return {
    requests,
    serving: new ServingClient(new HttpTransport({ baseUrl: 'http://h', fetch, attempts: 1 })),
  }
}

const movies = (
  config_update: Endpoint['state']['config_update'],
  ready: Endpoint['state']['ready'] = 'NOT_READY',
): Endpoint => ({ name: 'movies', state: { ready, config_update } })

test('waits until no update is in progress', async () => {
  const { requests, serving } = scripted(
    { body: movies('IN_PROGRESS') },
    { body: movies('IN_PROGRESS') },
    { body: movies('NOT_UPDATING', 'READY') },
  )
  expect((await serving.wait('movies', { pollMs: 1 })).state.ready).toBe('READY')
  expect(requests).toHaveLength(3)
})

test('throws a failed update with the message of the failed entity', async () => {
  const state = { deployment: 'DEPLOYMENT_FAILED', deployment_state_message: 'no MLmodel' }
  const failed = {
    ...movies('UPDATE_FAILED', 'READY'),
    config: { served_entities: [{ entity_name: 'm', entity_version: '1' }] },
    pending_config: { served_entities: [{ entity_name: 'm', entity_version: '2', state }] },
  }
  const { serving } = scripted({ body: failed })
  await expect(serving.wait('movies')).rejects.toMatchObject({
    code: 'UPDATE_FAILED',
    message: "Endpoint 'movies': no MLmodel",
  })
})

test('throws DEADLINE_EXCEEDED for an update that never ends', async () => {
  const { serving } = scripted({ body: movies('IN_PROGRESS') })
  const waiting = serving.wait('movies', { timeoutMs: 20, pollMs: 5 })
  await expect(waiting).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' })
})

test('query returns the predictions and the served model name', async () => {
  const headers = { 'served-model-name': 'movies-3' }
  const { requests, serving } = scripted({ body: { predictions: [1] }, headers })
  const input = { dataframe_records: [{ user_id: 7 }] }
  expect(await serving.query<number[]>('my movies', input)).toEqual({
    predictions: [1],
    servedModelName: 'movies-3',
  })
  expect(requests).toEqual([
    'POST /serving-endpoints/my%20movies/invocations {"dataframe_records":[{"user_id":7}]}',
  ])
})

test('find returns undefined for a missing endpoint', async () => {
  const body = { error_code: 'RESOURCE_DOES_NOT_EXIST', message: 'no' }
  expect(await scripted({ body, status: 404 }).serving.find('x')).toBeUndefined()
})
