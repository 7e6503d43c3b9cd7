import { QueryClient } from '@tanstack/react-query'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type Account, getAccount } from '../api/account.js'
import { send, setAskToSignIn } from '../api/http.js'
import { queryKeys } from '../api/query-keys.js'
import { accountIn, keepUser, resume } from './same-user.js'
import { askToSignInAgain, dropRequests, isWaiting, stopAsking } from './session-end.js'

const FORM = 'api/2.2/jobs/create'
const accountOf = (name: string) => ({ name, session_id: `session of ${name}` }) as Account

/** The user who is signed in at the server. */
let user: string | undefined
/** The users as which a form was sent. */
let sent: (string | undefined)[]
let noted: unknown[]
const reload = vi.fn()
let queries: QueryClient

beforeEach(async () => {
  ;[user, sent, noted] = ['ada', [], []]
  reload.mockClear()
  vi.stubGlobal('location', { pathname: '/', reload })
  vi.stubGlobal(
    'BroadcastChannel',
    class {
      postMessage = (message: unknown) => noted.push(message)
    },
  )
  vi.stubGlobal('fetch', async (path: string) => {
    if (path === FORM) sent.push(user)
    return user === undefined
      ? Response.json({ error_code: 'UNAUTHENTICATED', message: 'The session has ended.' }, { status: 401 })
      : Response.json(accountOf(user))
  })
  setAskToSignIn(askToSignInAgain)
  queries = new QueryClient()
  queries.setQueryData(queryKeys.me(), await keepUser(queries, await getAccount()))
})
afterEach(() => {
  dropRequests()
  setAskToSignIn(async () => false)
  queries.clear()
  vi.unstubAllGlobals()
})

const waitForQuestion = () => vi.waitUntil(isWaiting)

test('sends the requests of a user again after the same user has signed in', async () => {
  user = undefined
  const form = send(FORM, { method: 'POST' })
  await waitForQuestion()
  await expect(resume(queries)).rejects.toMatchObject({ status: 401 })
  user = 'ada'
  await resume(queries)
  expect((await form).status).toBe(200)
  expect([sent, isWaiting(), reload.mock.calls.length]).toEqual([[undefined, 'ada'], false, 0])
})

test('loads the page again for another user, who sends no form of the first', async () => {
  user = undefined
  send(FORM, { method: 'POST' }).catch(() => undefined)
  await waitForQuestion()
  user = 'bo'
  void resume(queries)
  await vi.waitUntil(() => reload.mock.calls.length > 0)
  // A query that reads the account meanwhile does not change whose page this is.
  void keepUser(queries, await getAccount())
  expect([accountIn(queries)?.name, sent, reload.mock.calls.length]).toEqual(['ada', [undefined], 2])
})

test('drops the requests of a user who has left the page, and tells the other tabs of the next one', async () => {
  user = undefined
  const form = send(FORM, { method: 'POST' })
  await waitForQuestion()
  queries.clear()
  user = 'bo'
  await keepUser(queries, await getAccount())
  await expect(form).rejects.toMatchObject({ status: 401 })
  expect([sent, isWaiting(), noted]).toEqual([[undefined], false, ['ada', 'bo']])
})

test('closing the dialog fails forms, and lets queries wait', async () => {
  user = undefined
  const form = send(FORM, { method: 'POST' })
  const query = send('api/2.0/list', { signal: new AbortController().signal })
  await waitForQuestion()
  stopAsking()
  await expect(form).rejects.toMatchObject({ status: 401 })
  user = 'ada'
  await resume(queries)
  expect((await query).status).toBe(200)
})

test('asks once for a path that is refused to signed-in users too', async () => {
  vi.stubGlobal('fetch', async () => Response.json({ message: 'The key is wrong.' }, { status: 401 }))
  const ask = vi.fn(async () => true)
  setAskToSignIn(ask)
  await expect(send('api/2.0/list')).rejects.toMatchObject({ status: 401 })
  expect(ask).toHaveBeenCalledTimes(1)
})
