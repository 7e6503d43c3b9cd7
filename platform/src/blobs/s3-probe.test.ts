import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { s3Client } from './s3-client.js'
import { abortOldUploads } from './s3-probe.js'

const listing = (key: string, more: string) =>
  `<ListMultipartUploadsResult>${more}<Upload><Key>${key}</Key><UploadId>u</UploadId>
  <Initiated>2020-01-01T00:00:00.000Z</Initiated></Upload></ListMultipartUploadsResult>`
const NEXT =
  '<IsTruncated>true</IsTruncated><NextKeyMarker>a</NextKeyMarker><NextUploadIdMarker>u</NextUploadIdMarker>'

test('finds unfinished uploads on all pages', async () => {
  const aborted: string[] = []
  const server = createServer(({ method, url }, answer) => {
    const { pathname, searchParams } = new URL(url!, 'http://s3')
    if (method === 'DELETE') {
      aborted.push(pathname)
      answer.writeHead(204).end()
    } else answer.end(searchParams.get('key-marker') === 'a' ? listing('b', '') : listing('a', NEXT))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const client = s3Client({ endpoint, accessKeyId: 'id', secretAccessKey: 'secret' })
  onTestFinished(() => {
    client.destroy()
    server.close()
  })
  expect(await abortOldUploads(client, 'bucket', '', { remove: false })).toBe(2)
  expect(aborted).toEqual([])
  expect(await abortOldUploads(client, 'bucket', '')).toBe(2)
  expect(aborted).toEqual(['/bucket/a', '/bucket/b'])
})
