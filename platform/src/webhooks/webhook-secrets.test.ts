import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { WebhookSecrets } from './webhook-secrets.js'

test('unseals a secret only with its key and for its webhook', () => {
  const secrets = new WebhookSecrets('a key')
  const sealed = secrets.seal('töp secret', 'one')
  expect(sealed).not.toContain('secret')
  expect(sealed.startsWith(secrets.prefix)).toBe(true)
  expect(secrets.seal('töp secret', 'one')).not.toBe(sealed)
  expect(new WebhookSecrets('a key').unseal(sealed, 'one')).toBe('töp secret')
  for (const open of [
    () => secrets.unseal(sealed, 'another'),
    () => new WebhookSecrets('another key').unseal(sealed, 'one'),
    () => secrets.unseal(`${sealed.slice(0, -4)}AAAA`, 'one'),
    () => secrets.unseal(secrets.prefix, 'one'),
  ])
    expect(open).toThrow(/encrypted with another key/)
})

test('concurrent processes on one folder agree on a key, which only the owner can read', async () => {
  const data = await mkdtemp(join(tmpdir(), 'cairn-key-'))
  onTestFinished(() => rm(data, { recursive: true }))
  const all = await Promise.all(
    Array.from({ length: 8 }, () => WebhookSecrets.open({ data, webhook_secret_key: '' })),
  )
  const sealed = all[0]!.seal('secret', 'one')
  for (const secrets of all) expect(secrets.unseal(sealed, 'one')).toBe('secret')
  const file = join(data, 'webhook-secrets.key')
  expect((await stat(file)).mode & 0o777).toBe(0o600)
  expect((await readFile(file, 'utf8')).length).toBeGreaterThan(40)
})

test('a configured key takes precedence, and no key file is created', async () => {
  const data = await mkdtemp(join(tmpdir(), 'cairn-key-'))
  onTestFinished(() => rm(data, { recursive: true }))
  const configured = await WebhookSecrets.open({ data, webhook_secret_key: 'configured' })
  expect(configured.prefix).toBe(new WebhookSecrets('configured').prefix)
  await expect(stat(join(data, 'webhook-secrets.key'))).rejects.toThrow('ENOENT')
})
