import { randomBytes } from 'node:crypto'
import { DiskBlobs } from '../blobs/disk.js'

/** A process that stores blobs endlessly, each filled with one byte value, and prints the acknowledged ones. */
const blobs = await DiskBlobs.open(process.argv[2] ?? '')
for (let i = 0; ; i++) {
  const fill = randomBytes(1)[0] ?? 0
  const key = `${i % 7}/${i % 3 === 0 ? 'same' : i}`
  await blobs.put(key, Buffer.alloc(200_000, fill))
  process.stdout.write(`${key} ${fill}\n`)
}
