import { request as httpRequest } from 'node:http'
import { buffer } from 'node:stream/consumers'
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import { sampledDatabases } from '@cairn/platform/testing/databases'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { refusal, TestS3Gateway } from '../testing/s3-gateway.js'

describe.each(sampledDatabases)('objects that the S3 gateway takes on %s', (_, database) => {
  const gateway = new TestS3Gateway(database)
  beforeAll(() => gateway.start())
  afterAll(() => gateway.close())
  beforeEach(() => gateway.reset())

  test('requires write keys for writing, and creates a log entry only once', async () => {
    const reading = gateway.clientOf(await gateway.keys())
    const put = new PutObjectCommand({ ...gateway.at('new'), Body: 'x', IfNoneMatch: '*' })
    expect(await refusal(reading.send(put))).toBe('AccessDenied')
    await gateway.server.grant(gateway.ada.principal, 'table', 'main.s.mine', 'MODIFY')
    const writing = gateway.clientOf(await gateway.keys('READ_WRITE'))
    expect(await refusal(writing.send(put))).toBe('allowed')
    expect(await refusal(writing.send(put))).toBe('PreconditionFailed')
    expect(await refusal(writing.send(new DeleteObjectCommand(gateway.at('new'))))).toBe('allowed')
    expect(await refusal(writing.send(new HeadObjectCommand(gateway.at('new'))))).toBe('NotFound')
  })

  test('discards a write whose client aborts', async () => {
    await gateway.server.grant(gateway.ada.principal, 'table', 'main.s.mine', 'MODIFY')
    let signed!: { path: string; query: Record<string, string>; headers: Record<string, string> }
    const handle = async (request: unknown) => {
      signed = request as typeof signed
      throw new Error('not sent')
    }
    const client = gateway.clientOf(await gateway.keys('READ_WRITE'), { requestHandler: { handle } })
    await refusal(client.send(new PutObjectCommand({ ...gateway.at('torn'), Body: Buffer.alloc(1_000_000) })))
    const { path, query, headers } = signed
    const upload = httpRequest(`${gateway.address}${path}?${new URLSearchParams(query)}`, {
      method: 'PUT',
      headers,
    })
    upload.on('error', () => undefined)
    const before = gateway.puts.length
    upload.write(Buffer.alloc(1_000))
    await expect.poll(() => gateway.puts.length).toBe(before + 1)
    upload.destroy()
    await expect(gateway.puts.at(-1)).rejects.toThrow()
    await expect(gateway.server.context.blobs.head(`tables/${gateway.mine}/torn`)).rejects.toThrow()
  })

  test('takes objects in parts with write keys, and shows them when they are complete', async () => {
    await gateway.server.grant(gateway.ada.principal, 'table', 'main.s.mine', 'MODIFY')
    const [reading, writing] = [
      gateway.clientOf(await gateway.keys()),
      gateway.clientOf(await gateway.keys('READ_WRITE')),
    ]
    expect(await refusal(reading.send(new CreateMultipartUploadCommand(gateway.at('big'))))).toBe(
      'AccessDenied',
    )
    const { UploadId } = await writing.send(new CreateMultipartUploadCommand(gateway.at('big')))
    const parts = [Buffer.alloc(300_000, 1), Buffer.alloc(10, 2)]
    const Parts = await Promise.all(
      parts.map(async (Body, i) => {
        const part = { ...gateway.at('big'), UploadId, PartNumber: i + 1 }
        return {
          PartNumber: i + 1,
          ETag: (await writing.send(new UploadPartCommand({ ...part, Body }))).ETag,
        }
      }),
    )
    expect(await refusal(writing.send(new HeadObjectCommand(gateway.at('big'))))).toBe('NotFound')
    const complete = { ...gateway.at('big'), UploadId, MultipartUpload: { Parts } }
    expect(await refusal(reading.send(new CompleteMultipartUploadCommand(complete)))).toBe('AccessDenied')
    const elsewhere = new CompleteMultipartUploadCommand({ ...complete, ...gateway.at('other') })
    expect(await refusal(writing.send(elsewhere))).toBe('NoSuchUpload')
    const misplaced = new UploadPartCommand({ ...gateway.at('other'), UploadId, PartNumber: 3, Body: 'x' })
    expect(await refusal(writing.send(misplaced))).toBe('NoSuchUpload')
    await writing.send(new CompleteMultipartUploadCommand(complete))
    const again = await writing.send(new CreateMultipartUploadCommand(gateway.at('big')))
    const one = { ...gateway.at('big'), UploadId: again.UploadId, PartNumber: 1, Body: 'x' }
    const { ETag } = await writing.send(new UploadPartCommand(one))
    const exclusive = { ...gateway.at('big'), UploadId: again.UploadId, IfNoneMatch: '*' }
    const replacing = { ...exclusive, MultipartUpload: { Parts: [{ PartNumber: 1, ETag }] } }
    expect(await refusal(writing.send(new CompleteMultipartUploadCommand(replacing)))).toBe(
      'PreconditionFailed',
    )
    const matching = { ...gateway.at('big'), Body: 'x', IfMatch: '"a"' }
    expect(await refusal(writing.send(new PutObjectCommand(matching)))).toBe('NotImplemented')
    const { Body } = await reading.send(new GetObjectCommand(gateway.at('big')))
    expect(Buffer.concat(parts).equals(await Body!.transformToByteArray())).toBe(true)
    const aborted = await writing.send(new CreateMultipartUploadCommand(gateway.at('aborted')))
    const part = { ...gateway.at('aborted'), UploadId: aborted.UploadId, PartNumber: 1, Body: 'x' }
    await writing.send(
      new AbortMultipartUploadCommand({ ...gateway.at('aborted'), UploadId: aborted.UploadId }),
    )
    expect(await refusal(writing.send(new UploadPartCommand(part)))).toBe('NoSuchUpload')
    await writing.send(new DeleteObjectCommand(gateway.at('big')))
  })

  test('takes no request of a multipart upload for one of the object', async () => {
    await gateway.server.grant(gateway.ada.principal, 'table', 'main.s.mine', 'MODIFY')
    const vended = await gateway.keys('READ_WRITE')
    await gateway.server.context.blobs.put(`tables/${gateway.mine}/kept`, Buffer.from('kept'))
    const attempt = (
      command: PutObjectCommand | DeleteObjectCommand,
      query: Record<string, string | string[]>,
    ) => {
      const client = gateway.clientOf(vended)
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
      const put = new PutObjectCommand({ ...gateway.at('kept'), Body: 'part' })
      expect([query, await attempt(put, query)]).toEqual([query, 'InvalidArgument'])
    }
    for (const uploadId of ['', ['a', 'a']])
      expect(await attempt(new DeleteObjectCommand(gateway.at('kept')), { uploadId })).toBe('InvalidArgument')
    expect(String(await buffer(await gateway.server.context.blobs.get(`tables/${gateway.mine}/kept`)))).toBe(
      'kept',
    )
    await gateway.server.context.blobs.delete(`tables/${gateway.mine}/kept`)
  })
})
