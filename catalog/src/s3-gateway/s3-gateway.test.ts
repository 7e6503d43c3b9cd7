import { request as httpRequest } from 'node:http'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectTaggingCommand,
  GetObjectAclCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  GetObjectTorrentCommand,
  HeadObjectCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  ListPartsCommand,
  PutObjectAclCommand,
  PutObjectCommand,
  PutObjectRetentionCommand,
  PutObjectTaggingCommand,
  S3Client,
  type S3ClientConfig,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import type { Blobs } from '@cairn/platform/blobs/blobs'
import { ListAudit } from '@cairn/platform/protocol/audit'
import { type TemporaryCredentials, TemporaryTableCredentials } from '@cairn/platform/protocol/credentials'
import { sampledDatabases } from '@cairn/platform/testing/databases'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  type Actor,
  aCatalog,
  addressedAs,
  aSchema,
  aTable,
  type TestCatalog,
  testCatalog,
} from '../testing/catalog.js'
import { etag } from './list-objects.js'

/** The gateway works with any store; here with a disk under the address of a bucket, so that no S3 server is needed. */
describe.each(sampledDatabases)('the S3 gateway on %s', (_, database) => {
  let server: TestCatalog
  let address: string
  let ada: Actor
  let mine: string
  let other: string
  const clock = { offset: 0 }
  const puts: Promise<unknown>[] = []
  beforeAll(async () => {
    server = await testCatalog(database, {
      store: (own) => {
        const put: typeof own.put = (...args) => {
          const done = own.put(...args)
          puts.push(done)
          return done
        }
        return Object.assign(addressedAs(own, 's3://lake/warehouse'), { put })
      },
      now: () => Date.now() + clock.offset,
    })
    address = await server.app.listen({ port: 0, host: '127.0.0.1' })
    await aCatalog(server.owner, 'main')
    await aSchema(server.owner, 'main.s')
    mine = (await aTable(server.owner, 'main.s.mine')).table_id
    other = (await aTable(server.owner, 'main.s.other')).table_id
    for (const id of [mine, other])
      for (const name of ['_delta_log/00000000000000000000.json', 'a b+c.parquet', 'part/x=1/d.parquet'])
        await server.context.blobs.put(`tables/${id}/${name}`, Buffer.from(`${id} ${name}`))
  })
  afterAll(() => server.close())
  beforeEach(async () => {
    clock.offset = 0
    ada = await server.actor()
    await server.grant(ada.principal, 'catalog', 'main', 'USE CATALOG', 'USE SCHEMA')
    await server.grant(ada.principal, 'table', 'main.s.mine', 'SELECT')
  })
  const keys = (operation: 'READ' | 'READ_WRITE' = 'READ') =>
    ada.as(TemporaryTableCredentials, { table_id: mine, operation })
  const clientOf = ({ aws_temp_credentials }: TemporaryCredentials, more: S3ClientConfig = {}) => {
    const { access_key_id, secret_access_key, session_token } = aws_temp_credentials
    return new S3Client({
      endpoint: `${address}/api/cairn/v1/s3`,
      forcePathStyle: true,
      region: 'us-east-1',
      maxAttempts: 1,
      requestChecksumCalculation: 'WHEN_REQUIRED',
      credentials: {
        accessKeyId: access_key_id,
        secretAccessKey: secret_access_key,
        sessionToken: session_token,
      },
      ...more,
    })
  }
  const at = (name: string, id = mine) => ({ Bucket: 'lake', Key: `warehouse/tables/${id}/${name}` })
  const refusal = (call: Promise<unknown>) =>
    call.then(
      () => 'allowed',
      (error) => error.name,
    )

  test('issues keys that read one table, with ranges and any object names', async () => {
    const vended = await keys()
    expect(vended.url).toBe(`s3://lake/warehouse/tables/${mine}`)
    expect(vended.aws_temp_credentials.access_point).toBe('http://127.0.0.1/api/cairn/v1/s3')
    const s3 = clientOf(vended)
    const whole = await s3.send(new GetObjectCommand(at('a b+c.parquet')))
    const text = `${mine} a b+c.parquet`
    expect(await whole.Body?.transformToString()).toBe(text)
    const part = await s3.send(new GetObjectCommand({ ...at('a b+c.parquet'), Range: 'bytes=-9' }))
    expect([await part.Body?.transformToString(), part.ContentRange]).toEqual([
      '+c.parquet'.slice(-9),
      `bytes ${text.length - 9}-${text.length - 1}/${text.length}`,
    ])
    const head = await s3.send(new HeadObjectCommand(at('a b+c.parquet')))
    expect([head.ContentLength, head.ETag]).toEqual([text.length, whole.ETag])
    expect(await refusal(s3.send(new GetObjectCommand(at('nosuch'))))).toBe('NoSuchKey')
  })

  test('every read, write, deletion and refusal of an object is in the audit log', async () => {
    await server.grant(ada.principal, 'table', 'main.s.mine', 'MODIFY')
    const reader = clientOf(await keys())
    const writer = clientOf(await keys('READ_WRITE'))
    const name = 'a b+c.parquet'
    for (let i = 0; i < 3; i++) await reader.send(new GetObjectCommand(at(name)))
    await writer.send(new PutObjectCommand({ ...at('new'), Body: 'payload-canary' }))
    await writer.send(new DeleteObjectCommand(at('new')))
    await refusal(reader.send(new PutObjectCommand({ ...at('refused'), Body: 'x' })))
    const filter = { securable: 'main.s.mine', principal: ada.principal.name }
    const { events } = await server.owner(ListAudit, filter)
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
    const refused = await server.owner(ListAudit, { action: 's3PutObject', outcome: 'denied' })
    expect(refused.events[0]).toMatchObject({
      response: { status_code: 403, error_code: 'AccessDenied', error_message: 'These keys are read-only.' },
    })
    expect(JSON.stringify(events)).not.toContain('payload-canary')
  })

  test('serves the requested range of an object', async () => {
    const text = `${mine} a b+c.parquet`
    const s3 = clientOf(await keys())
    const get = (Range: string) => s3.send(new GetObjectCommand({ ...at('a b+c.parquet'), Range }))
    for (const [range, start, end] of [
      ['bytes=0-0', 0, 1],
      ['bytes=2-4', 2, 5],
      [`bytes=${text.length - 1}-`, text.length - 1, text.length],
      ['bytes=-3', text.length - 3, text.length],
      ['bytes=0-9999', 0, text.length],
      ['bytes=-9999', 0, text.length],
    ] as const) {
      const { Body, ContentRange } = await get(range)
      expect([range, await Body!.transformToString(), ContentRange]).toEqual([
        range,
        text.slice(start, end),
        `bytes ${start}-${end - 1}/${text.length}`,
      ])
    }
    for (const range of ['bytes=3-2', 'bytes=0-1,3-4', 'bytes=-', 'items=0-1']) {
      const { Body, ContentRange } = await get(range)
      expect([range, await Body!.transformToString(), ContentRange]).toEqual([range, text, undefined])
    }
    for (const range of [`bytes=${text.length}-`, 'bytes=-0'])
      expect([range, await refusal(get(range))]).toEqual([range, 'InvalidRange'])
  })

  test.each(['a reader', 'a stream'])(
    'sends headers that match the body while the object is being replaced, from %s',
    async (kind) => {
      const blobs = server.context.blobs as { -readonly [Key in keyof Blobs]: Blobs[Key] }
      const { head, reader } = blobs
      if (kind === 'a stream') Object.assign(blobs, { reader: undefined })
      const key = `tables/${mine}/replaced`
      const described = async (text: string) => [text, text.length, etag(await head(key))]
      const s3 = clientOf(await keys())
      for (const text of ['longer than the old one', 'new', '']) {
        await blobs.put(key, Buffer.from('old'))
        const old = await described('old')
        blobs.head = async (requested) => {
          blobs.head = head
          const info = await head(requested)
          while ((await head(key)).modified === info.modified) await blobs.put(key, Buffer.from(text))
          return info
        }
        const { Body, ContentLength, ETag } = await s3.send(new GetObjectCommand(at('replaced')))
        expect([old, await described(text)]).toContainEqual([
          await Body!.transformToString(),
          ContentLength,
          ETag,
        ])
        blobs.head = head
      }
      Object.assign(blobs, { reader })
      await blobs.delete(key)
    },
  )

  test('closes the stream of an object that is deleted meanwhile', async () => {
    const blobs = server.context.blobs as { -readonly [Key in keyof Blobs]: Blobs[Key] }
    const { get, reader } = blobs
    const key = `tables/${mine}/deleted`
    await blobs.put(key, Buffer.from('x'))
    const opened: Readable[] = []
    Object.assign(blobs, { reader: undefined })
    blobs.get = async (...args) => {
      const body = await get(...args)
      opened.push(body)
      await blobs.delete(key)
      return body
    }
    try {
      expect(await refusal(clientOf(await keys()).send(new GetObjectCommand(at('deleted'))))).toBe(
        'NoSuchKey',
      )
      expect(opened.map(({ destroyed }) => destroyed)).toEqual([true])
    } finally {
      Object.assign(blobs, { get, reader })
    }
  })

  test('reports unavailable storage when a stream fails before the first byte', async () => {
    const blobs = server.context.blobs as { -readonly [Key in keyof Blobs]: Blobs[Key] }
    const { get, reader } = blobs
    Object.assign(blobs, { reader: undefined })
    blobs.get = async () =>
      new Readable({
        read() {
          this.destroy(new Error('reset'))
        },
      })
    try {
      const command = new GetObjectCommand({ ...at('a b+c.parquet'), Range: 'bytes=1-2' })
      expect(await refusal(clientOf(await keys()).send(command))).toBe('ServiceUnavailable')
    } finally {
      Object.assign(blobs, { get, reader })
    }
  })

  test('lists the objects of the table, paged and folded by delimiter', async () => {
    const s3 = clientOf(await keys())
    const Prefix = at('').Key
    const names: string[] = []
    let ContinuationToken: string | undefined
    do {
      const page = await s3.send(
        new ListObjectsV2Command({
          Bucket: 'lake',
          Prefix,
          MaxKeys: 1,
          ...(ContinuationToken && { ContinuationToken }),
        }),
      )
      names.push(...(page.Contents ?? []).map((one) => one.Key!.slice(Prefix.length)))
      ContinuationToken = page.NextContinuationToken
    } while (ContinuationToken)
    expect(names).toEqual(['_delta_log/00000000000000000000.json', 'a b+c.parquet', 'part/x=1/d.parquet'])
    const folded = await s3.send(new ListObjectsV2Command({ Bucket: 'lake', Prefix, Delimiter: '/' }))
    expect(folded.CommonPrefixes?.map((one) => one.Prefix?.slice(Prefix.length))).toEqual([
      '_delta_log/',
      'part/',
    ])
    expect(folded.Contents?.map((one) => one.Key?.slice(Prefix.length))).toEqual(['a b+c.parquet'])
  })

  test('denies other tables, buckets and folders', async () => {
    const s3 = clientOf(await keys())
    const locations = [
      at('a b+c.parquet', other),
      { Bucket: 'lake', Key: `warehouse/tables/${mine}x/a` },
      { Bucket: 'lake', Key: `warehouse/tables/${mine}/../${other}/a b+c.parquet` },
      { Bucket: 'lake', Key: 'warehouse/secret' },
      { Bucket: 'pond', Key: at('a b+c.parquet').Key },
    ]
    for (const location of locations)
      expect(await refusal(s3.send(new GetObjectCommand(location)))).toMatch(
        /AccessDenied|InvalidArgument|SignatureDoesNotMatch/,
      )
    for (const Prefix of [
      '',
      'warehouse/',
      'warehouse/tables',
      `warehouse/tables/${other}/`,
      `warehouse/tables/${mine}x`,
    ])
      expect(await refusal(s3.send(new ListObjectsV2Command({ Bucket: 'lake', Prefix })))).toBe(
        'AccessDenied',
      )
  })

  test('requires write keys for writing, and creates a log entry only once', async () => {
    const reading = clientOf(await keys())
    const put = new PutObjectCommand({ ...at('new'), Body: 'x', IfNoneMatch: '*' })
    expect(await refusal(reading.send(put))).toBe('AccessDenied')
    await server.grant(ada.principal, 'table', 'main.s.mine', 'MODIFY')
    const writing = clientOf(await keys('READ_WRITE'))
    expect(await refusal(writing.send(put))).toBe('allowed')
    expect(await refusal(writing.send(put))).toBe('PreconditionFailed')
    expect(await refusal(writing.send(new DeleteObjectCommand(at('new'))))).toBe('allowed')
    expect(await refusal(writing.send(new HeadObjectCommand(at('new'))))).toBe('NotFound')
  })

  test('discards a write whose client aborts', async () => {
    await server.grant(ada.principal, 'table', 'main.s.mine', 'MODIFY')
    let signed!: { path: string; query: Record<string, string>; headers: Record<string, string> }
    const handle = async (request: unknown) => {
      signed = request as typeof signed
      throw new Error('not sent')
    }
    const client = clientOf(await keys('READ_WRITE'), { requestHandler: { handle } })
    await refusal(client.send(new PutObjectCommand({ ...at('torn'), Body: Buffer.alloc(1_000_000) })))
    const { path, query, headers } = signed
    const upload = httpRequest(`${address}${path}?${new URLSearchParams(query)}`, { method: 'PUT', headers })
    upload.on('error', () => undefined)
    const before = puts.length
    upload.write(Buffer.alloc(1_000))
    await expect.poll(() => puts.length).toBe(before + 1)
    upload.destroy()
    await expect(puts.at(-1)).rejects.toThrow()
    await expect(server.context.blobs.head(`tables/${mine}/torn`)).rejects.toThrow()
  })

  test('denies access after the grant is revoked, the principal deactivated or the keys expired', async () => {
    const vended = await keys()
    const read = () => refusal(clientOf(vended).send(new GetObjectCommand(at('a b+c.parquet'))))
    expect(await read()).toBe('allowed')
    await server.revoke(ada.principal, 'table', 'main.s.mine', 'SELECT')
    expect(await read()).toBe('AccessDenied')
    await server.grant(ada.principal, 'table', 'main.s.mine', 'SELECT')
    await server.context.identities.update(ada.principal.id, { active: false })
    expect(await read()).toBe('AccessDenied')
    await server.context.identities.update(ada.principal.id, { active: true })
    expect(await read()).toBe('allowed')
    clock.offset = 3_600_001
    expect(await read()).toBe('ExpiredToken')
  })

  test('takes objects in parts with write keys, and shows them when they are complete', async () => {
    await server.grant(ada.principal, 'table', 'main.s.mine', 'MODIFY')
    const [reading, writing] = [clientOf(await keys()), clientOf(await keys('READ_WRITE'))]
    expect(await refusal(reading.send(new CreateMultipartUploadCommand(at('big'))))).toBe('AccessDenied')
    const { UploadId } = await writing.send(new CreateMultipartUploadCommand(at('big')))
    const parts = [Buffer.alloc(300_000, 1), Buffer.alloc(10, 2)]
    const Parts = await Promise.all(
      parts.map(async (Body, i) => {
        const part = { ...at('big'), UploadId, PartNumber: i + 1 }
        return {
          PartNumber: i + 1,
          ETag: (await writing.send(new UploadPartCommand({ ...part, Body }))).ETag,
        }
      }),
    )
    expect(await refusal(writing.send(new HeadObjectCommand(at('big'))))).toBe('NotFound')
    const complete = { ...at('big'), UploadId, MultipartUpload: { Parts } }
    expect(await refusal(reading.send(new CompleteMultipartUploadCommand(complete)))).toBe('AccessDenied')
    const elsewhere = new CompleteMultipartUploadCommand({ ...complete, ...at('other') })
    expect(await refusal(writing.send(elsewhere))).toBe('NoSuchUpload')
    const misplaced = new UploadPartCommand({ ...at('other'), UploadId, PartNumber: 3, Body: 'x' })
    expect(await refusal(writing.send(misplaced))).toBe('NoSuchUpload')
    await writing.send(new CompleteMultipartUploadCommand(complete))
    const again = await writing.send(new CreateMultipartUploadCommand(at('big')))
    const one = { ...at('big'), UploadId: again.UploadId, PartNumber: 1, Body: 'x' }
    const { ETag } = await writing.send(new UploadPartCommand(one))
    const exclusive = { ...at('big'), UploadId: again.UploadId, IfNoneMatch: '*' }
    const replacing = { ...exclusive, MultipartUpload: { Parts: [{ PartNumber: 1, ETag }] } }
    expect(await refusal(writing.send(new CompleteMultipartUploadCommand(replacing)))).toBe(
      'PreconditionFailed',
    )
    const matching = { ...at('big'), Body: 'x', IfMatch: '"a"' }
    expect(await refusal(writing.send(new PutObjectCommand(matching)))).toBe('NotImplemented')
    const { Body } = await reading.send(new GetObjectCommand(at('big')))
    expect(Buffer.concat(parts).equals(await Body!.transformToByteArray())).toBe(true)
    const aborted = await writing.send(new CreateMultipartUploadCommand(at('aborted')))
    const part = { ...at('aborted'), UploadId: aborted.UploadId, PartNumber: 1, Body: 'x' }
    await writing.send(new AbortMultipartUploadCommand({ ...at('aborted'), UploadId: aborted.UploadId }))
    expect(await refusal(writing.send(new UploadPartCommand(part)))).toBe('NoSuchUpload')
    await writing.send(new DeleteObjectCommand(at('big')))
  })

  test('takes no request of a multipart upload for one of the object', async () => {
    await server.grant(ada.principal, 'table', 'main.s.mine', 'MODIFY')
    const vended = await keys('READ_WRITE')
    await server.context.blobs.put(`tables/${mine}/kept`, Buffer.from('kept'))
    const attempt = (
      command: PutObjectCommand | DeleteObjectCommand,
      query: Record<string, string | string[]>,
    ) => {
      const client = clientOf(vended)
      client.middlewareStack.add(
        (next) => (args) => {
          Object.assign((args.request as { query: object }).query, query)
          return next(args)
        },
        { step: 'build' },
      )
      return refusal(client.send(command as PutObjectCommand))
    }
    const incomplete: Record<string, string | string[]>[] = [
      { uploadId: '' },
      { uploadId: ['a', 'a'] },
      { partNumber: '3' },
      { partNumber: '3', uploadId: '' },
      { partNumber: '', uploadId: 'a' },
    ]
    for (const query of incomplete) {
      const put = new PutObjectCommand({ ...at('kept'), Body: 'part' })
      expect([query, await attempt(put, query)]).toEqual([query, 'InvalidArgument'])
    }
    for (const uploadId of ['', ['a', 'a']])
      expect(await attempt(new DeleteObjectCommand(at('kept')), { uploadId })).toBe('InvalidArgument')
    expect(String(await buffer(await server.context.blobs.get(`tables/${mine}/kept`)))).toBe('kept')
    await server.context.blobs.delete(`tables/${mine}/kept`)
  })

  test('refuses other operations on an object instead of reading or changing it', async () => {
    await server.grant(ada.principal, 'table', 'main.s.mine', 'MODIFY')
    const s3 = clientOf(await keys('READ_WRITE'))
    await server.context.blobs.put(`tables/${mine}/kept`, Buffer.from('kept'))
    const kept = at('kept')
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
      refusal(s3.send(new ListObjectVersionsCommand({ Bucket: 'lake', Prefix: at('').Key }))),
    ])
    expect(attempts).toEqual(attempts.map(() => 'NotImplemented'))
    expect(String(await buffer(await server.context.blobs.get(`tables/${mine}/kept`)))).toBe('kept')
    await server.context.blobs.delete(`tables/${mine}/kept`)
  })

  test('lists in the first version too, and with encoded keys', async () => {
    const s3 = clientOf(await keys())
    const Prefix = at('').Key
    const names: string[] = []
    let Marker: string | undefined
    do {
      const page = await s3.send(
        new ListObjectsCommand({ ...{ Bucket: 'lake', Prefix, MaxKeys: 2 }, ...(Marker && { Marker }) }),
      )
      names.push(...(page.Contents ?? []).map((one) => one.Key!.slice(Prefix.length)))
      Marker = page.NextMarker
    } while (Marker)
    expect(names).toEqual(['_delta_log/00000000000000000000.json', 'a b+c.parquet', 'part/x=1/d.parquet'])
    const encoded = await s3.send(
      new ListObjectsV2Command({ Bucket: 'lake', Prefix: at('a').Key, EncodingType: 'url' }),
    )
    expect([encoded.EncodingType, encoded.Contents?.[0]?.Key]).toEqual([
      'url',
      `warehouse/tables/${mine}/a%20b%2Bc.parquet`,
    ])
    for (const query of [{ 'max-keys': 'many' }, { 'list-type': '3' }, { prefix: ['a', 'b'] }]) {
      const client = clientOf(await keys())
      client.middlewareStack.add(
        (next) => (args) => {
          Object.assign((args.request as { query: object }).query, query)
          return next(args)
        },
        { step: 'build' },
      )
      expect(await refusal(client.send(new ListObjectsV2Command({ Bucket: 'lake', Prefix })))).toBe(
        'InvalidArgument',
      )
    }
  })

  describe('ends keys with what they came from:', () => {
    const lists = async (authorization: string) => {
      const answer = await server.app.inject({
        method: 'POST',
        url: '/api/2.1/unity-catalog/temporary-table-credentials',
        headers: { authorization },
        payload: { table_id: mine, operation: 'READ' },
      })
      const client = clientOf(answer.json())
      const list = new ListObjectsV2Command({ Bucket: 'lake', Prefix: `warehouse/tables/${mine}/` })
      expect((await client.send(list)).KeyCount).toBe(3)
      return () => refusal(client.send(new ListObjectsV2Command(list.input)))
    }

    test('a token that is revoked, expired or replaced', async () => {
      const { tokens } = server.context
      const issue = () => tokens.issue(ada.principal.id, 'reader', { seconds: 60 })
      const [revoked, expired, replaced] = [await issue(), await issue(), await issue()]
      const [first, second, third] = [
        await lists(`Bearer ${revoked.secret}`),
        await lists(`Bearer ${expired.secret}`),
        await lists(`Bearer ${replaced.secret}`),
      ]
      await tokens.revoke(ada.principal.id, revoked.token.id)
      expect(await first()).toBe('ExpiredToken')
      await tokens.rotate(replaced.token.id, { seconds: 60, graceSeconds: 0, longer: 'allow' })
      expect(await third()).toBe('ExpiredToken')
      expect(await second()).toBe('allowed')
      clock.offset = 61_000
      expect(await second()).toBe('ExpiredToken')
    })

    test('a password that is changed', async () => {
      const { passwords } = server.context
      await passwords.set(ada.principal.id, 'three small stones')
      const basic = Buffer.from(`${ada.principal.name}:three small stones`).toString('base64')
      const list = await lists(`Basic ${basic}`)
      clock.offset = 1
      await passwords.set(ada.principal.id, 'four larger stones')
      expect(await list()).toBe('ExpiredToken')
    })

    test('a session that ends', async () => {
      const { sessions } = server.context
      const facts = { principalId: ada.principal.id, method: 'password', address: '', userAgent: '' } as const
      const { secret } = await sessions.create(facts)
      const list = await lists(`Bearer ${secret}`)
      await sessions.endAll(ada.principal.id)
      expect(await list()).toBe('ExpiredToken')
    })
  })

  test('rejects forged keys, wrong secrets and altered scopes', async () => {
    const vended = await keys()
    const attempt = (change: Partial<TemporaryCredentials['aws_temp_credentials']>) =>
      refusal(
        clientOf({
          ...vended,
          aws_temp_credentials: { ...vended.aws_temp_credentials, ...change },
        }).send(new GetObjectCommand(at('a b+c.parquet'))),
      )
    const [body = '', signature] = vended.aws_temp_credentials.session_token.split('.')
    const scope = JSON.parse(Buffer.from(body, 'base64url').toString())
    const altered = Buffer.from(JSON.stringify({ ...scope, id: other })).toString('base64url')
    expect(await attempt({ secret_access_key: 'guessed' })).toBe('SignatureDoesNotMatch')
    expect(await attempt({ access_key_id: 'CAIRNOTHER' })).toBe('InvalidAccessKeyId')
    expect(await attempt({ session_token: `${altered}.${signature}` })).toBe('ExpiredToken')
    expect(await attempt({ session_token: 'x' })).toBe('ExpiredToken')
    const plain = await server.app.inject('/api/cairn/v1/s3/lake/warehouse/x')
    expect([plain.statusCode, plain.headers['content-type']]).toEqual([403, 'application/xml'])
  })
})
