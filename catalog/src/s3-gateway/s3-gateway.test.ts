import { buffer } from 'node:stream/consumers'
import {
  DeleteObjectCommand,
  DeleteObjectTaggingCommand,
  GetObjectAclCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  GetObjectTorrentCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  ListPartsCommand,
  PutObjectAclCommand,
  PutObjectCommand,
  PutObjectRetentionCommand,
  PutObjectTaggingCommand,
} from '@aws-sdk/client-s3'
import { ListAudit } from '@cairn/platform/protocol/cairn/audit'
import { sampledDatabases } from '@cairn/platform/testing/databases'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { refusal, TestS3Gateway } from '../testing/s3-gateway.js'

describe.each(sampledDatabases)('the S3 gateway on %s', (_, database) => {
  const gateway = new TestS3Gateway(database)
  beforeAll(() => gateway.start())
  afterAll(() => gateway.close())
  beforeEach(() => gateway.reset())

  test('issues keys that read one table, with ranges and any object names', async () => {
    const vended = await gateway.keys()
    expect(vended.url).toBe(`s3://lake/warehouse/tables/${gateway.mine}`)
    expect(vended.aws_temp_credentials.access_point).toBe('http://127.0.0.1/api/cairn/v1/s3')
    const s3 = gateway.clientOf(vended)
    const whole = await s3.send(new GetObjectCommand(gateway.at('a b+c.parquet')))
    const text = `${gateway.mine} a b+c.parquet`
    expect(await whole.Body?.transformToString()).toBe(text)
    const part = await s3.send(new GetObjectCommand({ ...gateway.at('a b+c.parquet'), Range: 'bytes=-9' }))
    expect([await part.Body?.transformToString(), part.ContentRange]).toEqual([
      '+c.parquet'.slice(-9),
      `bytes ${text.length - 9}-${text.length - 1}/${text.length}`,
    ])
    const head = await s3.send(new HeadObjectCommand(gateway.at('a b+c.parquet')))
    expect([head.ContentLength, head.ETag]).toEqual([text.length, whole.ETag])
    expect(await refusal(s3.send(new GetObjectCommand(gateway.at('nosuch'))))).toBe('NoSuchKey')
  })

  test('every read, write, deletion and refusal of an object is in the audit log', async () => {
    await gateway.server.grant(gateway.ada.principal, 'table', 'main.s.mine', 'MODIFY')
    const reader = gateway.clientOf(await gateway.keys())
    const writer = gateway.clientOf(await gateway.keys('READ_WRITE'))
    const name = 'a b+c.parquet'
    for (let i = 0; i < 3; i++) await reader.send(new GetObjectCommand(gateway.at(name)))
    await writer.send(new PutObjectCommand({ ...gateway.at('new'), Body: 'payload-canary' }))
    await writer.send(new DeleteObjectCommand(gateway.at('new')))
    await refusal(reader.send(new PutObjectCommand({ ...gateway.at('refused'), Body: 'x' })))
    const filter = { securable: 'main.s.mine', principal: gateway.ada.principal.name }
    const { events } = await gateway.server.owner(ListAudit, filter)
    // Equal events of one minute share a row, so a minute that ends here splits them.
    const counts = new Map<string, number>()
    for (const { action_name, outcome, count, request_params, user_identity } of events) {
      const file = request_params.path?.split('/').at(-1)
      const fact = [action_name, outcome, file, user_identity.authentication].join(' · ')
      counts.set(fact, (counts.get(fact) ?? 0) + count)
    }
    expect(Object.fromEntries(counts)).toMatchObject({
      [`s3GetObject · success · ${name} · s3_keys`]: 3,
      's3PutObject · success · new · s3_keys': 1,
      's3DeleteObject · success · new · s3_keys': 1,
    })
    const refused = await gateway.server.owner(ListAudit, { action: 's3PutObject', outcome: 'denied' })
    expect(refused.events[0]).toMatchObject({
      response: { status_code: 403, error_code: 'AccessDenied', error_message: 'These keys are read-only.' },
    })
    expect(JSON.stringify(events)).not.toContain('payload-canary')
  })

  test('denies other tables, buckets and folders', async () => {
    const s3 = gateway.clientOf(await gateway.keys())
    const locations = [
      gateway.at('a b+c.parquet', gateway.other),
      { Bucket: 'lake', Key: `warehouse/tables/${gateway.mine}x/a` },
      { Bucket: 'lake', Key: `warehouse/tables/${gateway.mine}/../${gateway.other}/a b+c.parquet` },
      { Bucket: 'lake', Key: 'warehouse/secret' },
      { Bucket: 'pond', Key: gateway.at('a b+c.parquet').Key },
    ]
    for (const location of locations)
      expect(await refusal(s3.send(new GetObjectCommand(location)))).toMatch(
        /AccessDenied|InvalidArgument|SignatureDoesNotMatch/,
      )
    for (const Prefix of [
      '',
      'warehouse/',
      'warehouse/tables',
      `warehouse/tables/${gateway.other}/`,
      `warehouse/tables/${gateway.mine}x`,
    ])
      expect(await refusal(s3.send(new ListObjectsV2Command({ Bucket: 'lake', Prefix })))).toBe(
        'AccessDenied',
      )
  })

  test('refuses other operations on an object instead of reading or changing it', async () => {
    await gateway.server.grant(gateway.ada.principal, 'table', 'main.s.mine', 'MODIFY')
    const s3 = gateway.clientOf(await gateway.keys('READ_WRITE'))
    await gateway.server.context.blobs.put(`tables/${gateway.mine}/kept`, Buffer.from('kept'))
    const kept = gateway.at('kept')
    const Tagging = { TagSet: [{ Key: 'a', Value: 'b' }] }
    const until = { Mode: 'GOVERNANCE', RetainUntilDate: new Date(0) } as const
    const attempts = await Promise.all([
      refusal(s3.send(new GetObjectTaggingCommand(kept))),
      refusal(s3.send(new PutObjectTaggingCommand({ ...kept, Tagging }))),
      refusal(s3.send(new DeleteObjectTaggingCommand(kept))),
      refusal(s3.send(new GetObjectAclCommand(kept))),
      refusal(s3.send(new PutObjectAclCommand({ ...kept, ACL: 'public-read' }))),
      refusal(s3.send(new PutObjectRetentionCommand({ ...kept, Retention: until }))),
      refusal(s3.send(new GetObjectTorrentCommand(kept))),
      refusal(s3.send(new GetObjectCommand({ ...kept, VersionId: 'v1' }))),
      refusal(s3.send(new DeleteObjectCommand({ ...kept, VersionId: 'v1' }))),
      refusal(s3.send(new GetObjectCommand({ ...kept, ResponseContentType: 'text/html' }))),
      refusal(s3.send(new ListPartsCommand({ ...kept, UploadId: 'u' }))),
      refusal(s3.send(new ListObjectVersionsCommand({ Bucket: 'lake', Prefix: gateway.at('').Key }))),
    ])
    expect(attempts).toEqual(attempts.map(() => 'NotImplemented'))
    expect(String(await buffer(await gateway.server.context.blobs.get(`tables/${gateway.mine}/kept`)))).toBe(
      'kept',
    )
    await gateway.server.context.blobs.delete(`tables/${gateway.mine}/kept`)
  })
})
