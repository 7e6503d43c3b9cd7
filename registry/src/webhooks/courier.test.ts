import { expect, test } from 'vitest'
import type { WebhookRow } from '../schema.js'
import { receiver } from '../testing/receiver.js'
import { Courier } from './courier.js'
import { type DestinationRules, Destinations } from './destination.js'
import { Secrets } from './secrets.js'

const secrets = new Secrets('a key')
const PARCEL = { deliveryId: 'd', body: '{"data":"ü"}' }

const courier = (rules: Partial<DestinationRules> = {}, timeoutMs = 30_000) =>
  new Courier({
    destinations: new Destinations({ schemes: ['http'], allowPrivate: true, ...rules }),
    secrets,
    timeoutMs,
    now: Date.now,
  })

const hook = (url: string, secret: string | null = null): WebhookRow => ({
  webhook_id: 'w',
  name: 'hook',
  description: null,
  url,
  status: 'ACTIVE',
  secret,
  creation_timestamp: 0,
  last_updated_timestamp: 0,
})

/** The name server says that everything is at home. */
const home = async () => [{ address: '127.0.0.1', family: 4 }]

test('it connects to the addresses that were looked at, and asks for the name in the URL', async () => {
  await using target = await receiver()
  const { port } = new URL(target.url)
  const answer = await courier({ resolve: home }).bring(hook(`http://hooks.invalid:${port}/a?b=c`), PARCEL)
  expect(answer.status).toBe(200)
  expect(target.received[0]).toMatchObject({ body: PARCEL.body, headers: { host: `hooks.invalid:${port}` } })
})

test('a name that came to lead inside after the webhook was made is not called', async () => {
  await using target = await receiver()
  const { port } = new URL(target.url)
  const strict = courier({ allowPrivate: false, resolve: home })
  await expect(strict.bring(hook(`http://hooks.invalid:${port}/`), PARCEL)).rejects.toThrow(/non-public/)
  await expect(strict.bring(hook(target.url), PARCEL)).rejects.toThrow(/non-public/)
  expect(target.received).toEqual([])
})

test('of several addresses one that answers is enough', async () => {
  await using target = await receiver()
  const { port } = new URL(target.url)
  const both = async () => [{ address: '::1', family: 6 }, ...(await home())]
  const answer = await courier({ resolve: both }).bring(hook(`http://hooks.invalid:${port}/`), PARCEL)
  expect(answer.status).toBe(200)
})

test('a receiver that never answers, or never ends, is left in time', async () => {
  await using silent = await receiver(() => new Promise(() => {}))
  await expect(courier({}, 200).bring(hook(silent.url), PARCEL)).rejects.toThrow(
    'No answer within 0.2 seconds',
  )
  await using talkative = await receiver(() => ({ status: 200, body: 'x'.repeat(1_000_000) }))
  expect((await courier().bring(hook(talkative.url), PARCEL)).body).toHaveLength(64 * 1024)
})

test('without its key a secret keeps the delivery back', async () => {
  await using target = await receiver()
  const sealed = new Secrets('another key').seal('hush', 'w')
  await expect(courier().bring(hook(target.url, sealed), PARCEL)).rejects.toThrow(/CAIRN_WEBHOOK_SECRET_KEY/)
  await courier().bring(hook(target.url, secrets.seal('hush', 'w')), PARCEL)
  expect(target.received).toHaveLength(1)
})
