import { randomBytes } from 'node:crypto'
import { DiskBlobs } from '../blobs/disk.js'

/** A process of its own that puts blobs for ever, each full of one byte, and prints what was acknowledged. */
const blobs = await DiskBlobs.open(process.argv[2] ?? '')
for (let i = 0; ; i++) {
  const fill = randomBytes(1)[0] ?? 0
  const key = `${i % 7}/${i % 3 === 0 ? 'same' : i}`
  await blobs.put(key, Buffer.alloc(200_000, fill))
  process.stdout.write(`${key} ${fill}\n`)
}
