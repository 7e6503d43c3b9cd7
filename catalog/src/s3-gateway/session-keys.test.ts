import { GetObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3'
import type { TemporaryCredentials } from '@cairn/platform/protocol/unity/credentials'
import { sampledDatabases } from '@cairn/platform/testing/databases'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { refusal, TestS3Gateway } from '../testing/s3-gateway.js'

describe.each(sampledDatabases)('keys of the S3 gateway on %s', (_, database) => {
  const gateway = new TestS3Gateway(database)
  beforeAll(() => gateway.start())
  afterAll(() => gateway.close())
  beforeEach(() => gateway.reset())

  test('denies access after the grant is revoked, the principal deactivated or the keys expired', async () => {
    const vended = await gateway.keys()
    const read = () =>
      refusal(gateway.clientOf(vended).send(new GetObjectCommand(gateway.at('a b+c.parquet'))))
    expect(await read()).toBe('allowed')
    await gateway.server.revoke(gateway.ada.principal, 'table', 'main.s.mine', 'SELECT')
    expect(await read()).toBe('AccessDenied')
    await gateway.server.grant(gateway.ada.principal, 'table', 'main.s.mine', 'SELECT')
    await gateway.server.context.identities.update(gateway.ada.principal.id, { active: false })
    expect(await read()).toBe('AccessDenied')
    await gateway.server.context.identities.update(gateway.ada.principal.id, { active: true })
    expect(await read()).toBe('allowed')
    gateway.clock.offset = 3_600_001
    expect(await read()).toBe('ExpiredToken')
  })

  describe('ends keys with what they came from:', () => {
    const lists = async (authorization: string) => {
      const answer = await gateway.server.app.inject({
        method: 'POST',
        url: '/api/2.1/unity-catalog/temporary-table-credentials',
        headers: { authorization },
        payload: { table_id: gateway.mine, operation: 'READ' },
      })
      const client = gateway.clientOf(answer.json())
      const list = new ListObjectsV2Command({ Bucket: 'lake', Prefix: `warehouse/tables/${gateway.mine}/` })
      expect((await client.send(list)).KeyCount).toBe(3)
      return () => refusal(client.send(new ListObjectsV2Command(list.input)))
    }

    test('a token that is revoked, expired or replaced', async () => {
      const { tokens } = gateway.server.context
      const issue = () => tokens.issue(gateway.ada.principal.id, 'reader', { seconds: 60 })
      const [revoked, expired, replaced] = [await issue(), await issue(), await issue()]
      const [first, second, third] = [
        await lists(`Bearer ${revoked.secret}`),
        await lists(`Bearer ${expired.secret}`),
        await lists(`Bearer ${replaced.secret}`),
      ]
      await tokens.revoke(gateway.ada.principal.id, revoked.token.id)
      expect(await first()).toBe('ExpiredToken')
      await tokens.rotate(replaced.token.id, { seconds: 60, graceSeconds: 0, longer: 'allow' })
      expect(await third()).toBe('ExpiredToken')
      expect(await second()).toBe('allowed')
      gateway.clock.offset = 61_000
      expect(await second()).toBe('ExpiredToken')
    })

    test('a password that is changed', async () => {
      const { passwords } = gateway.server.context
      await passwords.set(gateway.ada.principal.id, 'three small stones')
      const basic = Buffer.from(`${gateway.ada.principal.name}:three small stones`).toString('base64')
      const list = await lists(`Basic ${basic}`)
      gateway.clock.offset = 1
      await passwords.set(gateway.ada.principal.id, 'four larger stones')
      expect(await list()).toBe('ExpiredToken')
    })

    test('a session that ends', async () => {
      const { sessions } = gateway.server.context
      const facts = {
        principalId: gateway.ada.principal.id,
        method: 'password',
        address: '',
        userAgent: '',
      } as const
      const { secret } = await sessions.create(facts)
      const list = await lists(`Bearer ${secret}`)
      await sessions.endAll(gateway.ada.principal.id)
      expect(await list()).toBe('ExpiredToken')
    })
  })

  test('rejects forged keys, wrong secrets and altered scopes', async () => {
    const vended = await gateway.keys()
    const attempt = (change: Partial<TemporaryCredentials['aws_temp_credentials']>) =>
      refusal(
        gateway
          .clientOf({
            ...vended,
            aws_temp_credentials: { ...vended.aws_temp_credentials, ...change },
          })
          .send(new GetObjectCommand(gateway.at('a b+c.parquet'))),
      )
    const [body = '', signature] = vended.aws_temp_credentials.session_token.split('.')
    const scope = JSON.parse(Buffer.from(body, 'base64url').toString())
    const altered = Buffer.from(JSON.stringify({ ...scope, id: gateway.other })).toString('base64url')
    expect(await attempt({ secret_access_key: 'guessed' })).toBe('SignatureDoesNotMatch')
    expect(await attempt({ access_key_id: 'CAIRNOTHER' })).toBe('InvalidAccessKeyId')
    expect(await attempt({ session_token: `${altered}.${signature}` })).toBe('ExpiredToken')
    expect(await attempt({ session_token: 'x' })).toBe('ExpiredToken')
    const plain = await gateway.server.app.inject('/api/cairn/v1/s3/lake/warehouse/x')
    expect([plain.statusCode, plain.headers['content-type']]).toEqual([403, 'application/xml'])
  })
})
