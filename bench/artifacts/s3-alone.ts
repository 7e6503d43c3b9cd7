/** Uploads or downloads a file with the S3 client alone, in a separate process. Prints the seconds. */
import { createReadStream, createWriteStream, rmSync } from 'node:fs'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { Upload } from '@aws-sdk/lib-storage'

const [direction, endpoint = '', bucket = '', key = '', file = ''] = process.argv.slice(2)
const client = new S3Client({
  endpoint,
  region: 'us-east-1',
  forcePathStyle: true,
  requestChecksumCalculation: 'WHEN_REQUIRED',
  responseChecksumValidation: 'WHEN_REQUIRED',
})
const object = { Bucket: bucket, Key: key }
if (direction === 'down') rmSync(file, { force: true })
const started = performance.now()
if (direction === 'up') {
  const params = { ...object, Body: createReadStream(file, { highWaterMark: 1024 * 1024 }) }
  await new Upload({ client, params, partSize: 8 * 1024 * 1024, queueSize: 2 }).done()
} else {
  const { Body } = await client.send(new GetObjectCommand(object))
  await pipeline(Body as Readable, createWriteStream(file))
}
console.log((performance.now() - started) / 1000)
