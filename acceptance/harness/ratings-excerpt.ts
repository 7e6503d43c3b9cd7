import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { openPromise } from 'yauzl'
import { root } from './root.js'

const SHIPPED = join(root, 'examples/data/ml-latest-small.zip')
const USERS = 150
/** The number of their ratings. */
export const EXCERPT_RATINGS = 21_846

/** Writes the shipped MovieLens data to `folder` with the ratings and tags of the first users, and all films. */
export async function writeRatingsExcerpt(folder: string): Promise<void> {
  const zip = await openPromise(SHIPPED, { lazyEntries: true, autoClose: false })
  for await (const entry of zip.eachEntry()) {
    const name = entry.fileName.split('/').at(-1)!
    if (!name.endsWith('.csv')) continue
    const content = await text(await zip.openReadStreamPromise(entry))
    await writeFile(join(folder, name), /^(ratings|tags)/.test(name) ? ofFirstUsers(content) : content)
  }
  zip.close()
}

function ofFirstUsers(csv: string): string {
  const [header, ...lines] = csv.split('\n')
  return [header, ...lines.filter((line) => Number(line.split(',', 1)[0]) <= USERS && line !== '')].join('\n')
}
