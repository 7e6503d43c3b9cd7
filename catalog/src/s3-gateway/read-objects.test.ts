import { Readable } from 'node:stream'
import { GetObjectCommand, ListObjectsCommand, ListObjectsV2Command } from '@aws-sdk/client-s3'
import type { Blobs } from '@cairn/platform/blobs/blobs'
import { sampledDatabases } from '@cairn/platform/testing/databases'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { refusal, TestS3Gateway } from '../testing/s3-gateway.js'
import { etag } from './list-objects.js'

describe.each(sampledDatabases)('objects that the S3 gateway sends on %s', (_, database) => {
  const gateway = new TestS3Gateway(database)
  beforeAll(() => gateway.start())
  afterAll(() => gateway.close())
  beforeEach(() => gateway.reset())

  test('serves the requested range of an object', async () => {
    const text = `${gateway.mine} a b+c.parquet`
    const s3 = gateway.clientOf(await gateway.keys())
    const get = (Range: string) => s3.send(new GetObjectCommand({ ...gateway.at('a b+c.parquet'), Range }))
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
      const blobs = gateway.server.context.blobs as { -readonly [Key in keyof Blobs]: Blobs[Key] }
      const { head, reader } = blobs
      if (kind === 'a stream') Object.assign(blobs, { reader: undefined })
      const key = `tables/${gateway.mine}/replaced`
      const described = async (text: string) => [text, text.length, etag(await head(key))]
      const s3 = gateway.clientOf(await gateway.keys())
      for (const text of ['longer than the old one', 'new', '']) {
        await blobs.put(key, Buffer.from('old'))
        const old = await described('old')
        blobs.head = async (requested) => {
          blobs.head = head
          const info = await head(requested)
          while ((await head(key)).modified === info.modified) await blobs.put(key, Buffer.from(text))
          return info
        }
        const { Body, ContentLength, ETag } = await s3.send(new GetObjectCommand(gateway.at('replaced')))
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
    const blobs = gateway.server.context.blobs as { -readonly [Key in keyof Blobs]: Blobs[Key] }
    const { get, reader } = blobs
    const key = `tables/${gateway.mine}/deleted`
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
      expect(
        await refusal(
          gateway.clientOf(await gateway.keys()).send(new GetObjectCommand(gateway.at('deleted'))),
        ),
      ).toBe('NoSuchKey')
      expect(opened.map(({ destroyed }) => destroyed)).toEqual([true])
    } finally {
      Object.assign(blobs, { get, reader })
    }
  })

  test('reports unavailable storage when a stream fails before the first byte', async () => {
    const blobs = gateway.server.context.blobs as { -readonly [Key in keyof Blobs]: Blobs[Key] }
    const { get, reader } = blobs
    Object.assign(blobs, { reader: undefined })
    blobs.get = async () =>
      new Readable({
        read() {
          this.destroy(new Error('reset'))
        },
      })
    try {
      const command = new GetObjectCommand({ ...gateway.at('a b+c.parquet'), Range: 'bytes=1-2' })
      expect(await refusal(gateway.clientOf(await gateway.keys()).send(command))).toBe('ServiceUnavailable')
    } finally {
      Object.assign(blobs, { get, reader })
    }
  })

  test('lists the objects of the table, paged and folded by delimiter', async () => {
    const s3 = gateway.clientOf(await gateway.keys())
    const Prefix = gateway.at('').Key
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

  test('lists in the first version too, and with encoded keys', async () => {
    const s3 = gateway.clientOf(await gateway.keys())
    const Prefix = gateway.at('').Key
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
      new ListObjectsV2Command({ Bucket: 'lake', Prefix: gateway.at('a').Key, EncodingType: 'url' }),
    )
    expect([encoded.EncodingType, encoded.Contents?.[0]?.Key]).toEqual([
      'url',
      `warehouse/tables/${gateway.mine}/a%20b%2Bc.parquet`,
    ])
    for (const query of [{ 'max-keys': 'many' }, { 'list-type': '3' }, { prefix: ['a', 'b'] }]) {
      const client = gateway.clientOf(await gateway.keys())
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
})
