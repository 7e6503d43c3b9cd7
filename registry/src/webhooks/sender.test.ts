import { expect, test } from 'vitest'
import type { WebhookRow } from '../schema.js'
import { receiver } from '../testing/receiver.js'
import { type DestinationRules, Destinations } from './destinations.js'
import { Secrets } from './secrets.js'
import { WebhookSender } from './sender.js'

const secrets = new Secrets('a key')
const MESSAGE = { deliveryId: 'd', body: '{"data":"ü"}' }

const sender = (rules: Partial<DestinationRules> = {}, timeoutMs = 30_000) =>
  new WebhookSender({
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
  const answer = await sender({ resolve: home }).send(hook(`http://hooks.invalid:${port}/a?b=c`), MESSAGE)
  expect(answer.status).toBe(200)
  expect(target.received[0]).toMatchObject({ body: MESSAGE.body, headers: { host: `hooks.invalid:${port}` } })
})

test('a name that came to lead inside after the webhook was made is not called', async () => {
  await using target = await receiver()
  const { port } = new URL(target.url)
  const strict = sender({ allowPrivate: false, resolve: home })
  await expect(strict.send(hook(`http://hooks.invalid:${port}/`), MESSAGE)).rejects.toThrow(/non-public/)
  await expect(strict.send(hook(target.url), MESSAGE)).rejects.toThrow(/non-public/)
  expect(target.received).toEqual([])
})

test('of several addresses one that answers is enough', async () => {
  await using target = await receiver()
  const { port } = new URL(target.url)
  const both = async () => [{ address: '::1', family: 6 }, ...(await home())]
  const answer = await sender({ resolve: both }).send(hook(`http://hooks.invalid:${port}/`), MESSAGE)
  expect(answer.status).toBe(200)
})

test('a receiver that never answers, or never ends, is left in time', async () => {
  await using silent = await receiver(() => new Promise(() => {}))
  await expect(sender({}, 200).send(hook(silent.url), MESSAGE)).rejects.toThrow(
    'No answer within 0.2 seconds',
  )
  await using talkative = await receiver(() => ({ status: 200, body: 'x'.repeat(1_000_000) }))
  expect((await sender().send(hook(talkative.url), MESSAGE)).body).toHaveLength(64 * 1024)
})

test('without its key a secret keeps the delivery back', async () => {
  await using target = await receiver()
  const sealed = new Secrets('another key').seal('hush', 'w')
  await expect(sender().send(hook(target.url, sealed), MESSAGE)).rejects.toThrow(/CAIRN_WEBHOOK_SECRET_KEY/)
  await sender().send(hook(target.url, secrets.seal('hush', 'w')), MESSAGE)
  expect(target.received).toHaveLength(1)
})
