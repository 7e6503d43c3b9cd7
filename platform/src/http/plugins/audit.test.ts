import { request as send } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { AuthSchema } from '../../auth/schema.js'
import { ApiError } from '../../errors.js'
import { type TestApp, testApp } from '../../testing/app.js'
import { startRawResponse } from '../response/send-blob.js'

let server: TestApp
let now = 1_800_000_000_000
let port: number
/** Ends the handler. */
let end: () => void
let ended: Promise<void>
let started: () => void

/** A route that is counted, as a download of an artifact. */
const URL = '/get-artifact'

beforeAll(async () => {
  server = await testApp(
    async (app) => {
      app.get<{ Querystring: { how: string } }>(
        URL,
        { config: { right: 'anyone' } },
        async (request, reply) => {
          const { how } = request.query
          if (how === 'answers') return 'whole'
          if (how === 'is silent') return reply.send(Readable.from(forever(false)))
          if (how === 'streams') return reply.send(Readable.from(forever(true)))
          started()
          if (how === 'writes') {
            startRawResponse(reply)
            reply.raw.write('head')
            await ended
            return reply
          }
          await ended
          if (how === 'refuses') throw new ApiError('PERMISSION_DENIED', 'Not yours.')
          if (how === 'hijacks') startRawResponse(reply)
          return how === 'hijacks' ? reply : 'late'
        },
      )
    },
    { now: () => now },
  )
  await server.app.listen({ port: 0, host: '127.0.0.1' })
  port = (server.app.server.address() as AddressInfo).port
})
afterAll(() => server.close())

async function* forever(hasData: boolean) {
  started()
  while (true) {
    if (hasData) yield 'x'
    await wait(10)
  }
}

const rows = async () => {
  await server.app.audit!.flush()
  return server.context.db
    .for<AuthSchema>()
    .read.selectFrom('audit_events')
    .select(['action_name', 'outcome', 'count'])
    .execute()
}
beforeEach(async () => {
  now += 60_000
  await rows()
  await server.context.db.for<AuthSchema>().transaction((tx) => tx.deleteFrom('audit_events').execute())
})

test.each([
  ['streams', 'success'],
  ['is silent', 'success'],
  ['writes', 'success'],
  ['returns', 'success'],
  ['hijacks', 'success'],
  ['refuses', 'denied'],
])(
  'a client that closes the connection of a handler that %s does not escape the audit log',
  async (how, outcome) => {
    const began = new Promise<void>((resolve) => {
      started = resolve
    })
    ended = new Promise<void>((resolve) => {
      end = resolve
    })
    const closed = new Promise((resolve) =>
      server.app.server.once('connection', (socket) => socket.once('close', resolve)),
    )
    const client = send({
      host: '127.0.0.1',
      port,
      path: `${URL}?how=${encodeURIComponent(how)}`,
      agent: false,
    }).on('error', () => undefined)
    client.end()
    await began
    client.destroy()
    await closed
    end()
    await expect.poll(rows).toEqual([{ action_name: 'downloadRunArtifact', outcome, count: 1 }])
  },
)

test('a request that is answered is counted once', async () => {
  await (await fetch(`http://127.0.0.1:${port}${URL}?how=answers`)).text()
  await wait(50)
  expect(await rows()).toMatchObject([{ count: 1 }])
})
