import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { openPromise } from 'yauzl'
import { root } from './root.js'

const SHIPPED = join(root, 'examples/data/ml-latest-small.zip')
/** Minimum ratings of a film: training takes two thirds of the time without the rarely rated ones. */
const MIN_RATINGS = 5
/** Numbers of users and of their ratings in excerpts. */
export const SMALL = { users: 100, ratings: 9_518 }
export const LARGE = { users: 150, ratings: 15_737 }

/** Writes the shipped MovieLens data to `folder` with the tags of the first users, their ratings of known films, and all films. */
export async function writeRatingsExcerpt(folder: string, { users } = LARGE): Promise<void> {
  const zip = await openPromise(SHIPPED, { lazyEntries: true, autoClose: false })
  for await (const entry of zip.eachEntry()) {
    const name = entry.fileName.split('/').at(-1)!
    if (!name.endsWith('.csv')) continue
    const [header = '', ...lines] = (await text(await zip.openReadStreamPromise(entry))).split('\n')
    await writeFile(join(folder, name), [header, ...excerptOf(name, lines, users)].join('\n'))
  }
  zip.close()
}

function excerptOf(name: string, lines: readonly string[], users: number): readonly string[] {
  if (name === 'ratings.csv') return ofKnownFilms(ofFirstUsers(lines, users))
  return name === 'tags.csv' ? ofFirstUsers(lines, users) : lines
}

const ofFirstUsers = (lines: readonly string[], users: number) =>
  lines.filter((line) => line !== '' && Number(line.split(',', 1)[0]) <= users)

function ofKnownFilms(ratings: readonly string[]): readonly string[] {
  const filmOf = (line: string) => line.split(',', 2)[1]!
  const counts = new Map<string, number>()
  for (const line of ratings) counts.set(filmOf(line), (counts.get(filmOf(line)) ?? 0) + 1)
  return ratings.filter((line) => counts.get(filmOf(line))! >= MIN_RATINGS)
}
