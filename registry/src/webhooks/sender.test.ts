import { receiver } from '@cairn/platform/testing/receiver'
import { type DestinationRules, Destinations } from '@cairn/platform/webhooks/destinations'
import { WebhookSecrets } from '@cairn/platform/webhooks/webhook-secrets'
import { expect, test } from 'vitest'
import type { WebhookRow } from '../schema.js'
import { WebhookSender } from './sender.js'

const secrets = new WebhookSecrets('a key')
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

/** A resolver that returns the loopback address for every name. */
const loopback = async () => [{ address: '127.0.0.1', family: 4 }]

test('connects to the checked addresses with the host name of the URL', async () => {
  await using target = await receiver()
  const { port } = new URL(target.url)
  const response = await sender({ resolve: loopback }).send(
    hook(`http://hooks.invalid:${port}/a?b=c`),
    MESSAGE,
  )
  expect(response.status).toBe(200)
  expect(target.received[0]).toMatchObject({ body: MESSAGE.body, headers: { host: `hooks.invalid:${port}` } })
})

test('does not call a name that resolves to a private address after the webhook was created', async () => {
  await using target = await receiver()
  const { port } = new URL(target.url)
  const strict = sender({ allowPrivate: false, resolve: loopback })
  await expect(strict.send(hook(`http://hooks.invalid:${port}/`), MESSAGE)).rejects.toThrow(/non-public/)
  await expect(strict.send(hook(target.url), MESSAGE)).rejects.toThrow(/non-public/)
  expect(target.received).toEqual([])
})

test('succeeds when one of several addresses responds', async () => {
  await using target = await receiver()
  const { port } = new URL(target.url)
  const both = async () => [{ address: '::1', family: 6 }, ...(await loopback())]
  const response = await sender({ resolve: both }).send(hook(`http://hooks.invalid:${port}/`), MESSAGE)
  expect(response.status).toBe(200)
})

test('times out without a response, and truncates a long one', async () => {
  await using silent = await receiver(() => new Promise(() => {}))
  await expect(sender({}, 200).send(hook(silent.url), MESSAGE)).rejects.toThrow(
    'No response within 0.2 seconds',
  )
  await using talkative = await receiver(() => ({ status: 200, body: 'x'.repeat(1_000_000) }))
  expect((await sender().send(hook(talkative.url), MESSAGE)).body).toHaveLength(64 * 1024)
})

test('does not send when the secret cannot be decrypted', async () => {
  await using target = await receiver()
  const sealed = new WebhookSecrets('another key').seal('hush', 'w')
  await expect(sender().send(hook(target.url, sealed), MESSAGE)).rejects.toThrow(/CAIRN_WEBHOOK_SECRET_KEY/)
  await sender().send(hook(target.url, secrets.seal('hush', 'w')), MESSAGE)
  expect(target.received).toHaveLength(1)
})
