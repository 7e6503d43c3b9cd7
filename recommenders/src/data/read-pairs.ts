import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { createGunzip } from 'node:zlib'
import { invalid } from '@cairn/platform/errors'
import { buildInteractions, type Interactions } from './interactions.js'

/** Reads a file with one "user item" pair of integers per line, each user's pairs in time order; decompresses `.gz`. */
export async function readPairs(path: string): Promise<Interactions> {
  const file = createReadStream(path)
  const input = path.endsWith('.gz') ? file.pipe(createGunzip()) : file
  file.on('error', (error) => input.destroy(error)) // pipe does not forward errors
  const users: number[] = []
  const items: number[] = []
  for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    if (line === '') continue
    const pair = /^(\d+)[ \t](\d+)$/.exec(line)
    if (!pair)
      throw invalid(`${path}, pair ${users.length + 1}: expected 'user item', got '${line.slice(0, 40)}'`)
    users.push(Number(pair[1]))
    items.push(Number(pair[2]))
  }
  return buildInteractions({ users, items }, 'row')
}
