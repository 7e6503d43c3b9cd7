import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { openPromise } from 'yauzl'
import { root } from './root.js'

const SHIPPED = join(root, 'examples/data/ml-latest-small.zip')
const USERS = 150
/** Films that fewer of them rated are left out of the ratings: training takes two thirds of the time without them. */
const MIN_RATINGS = 5
/** The number of ratings in the excerpt. */
export const EXCERPT_RATINGS = 15_737

/** Writes the shipped MovieLens data to `folder` with the tags of the first users, their ratings of known films, and all films. */
export async function writeRatingsExcerpt(folder: string): Promise<void> {
  const zip = await openPromise(SHIPPED, { lazyEntries: true, autoClose: false })
  for await (const entry of zip.eachEntry()) {
    const name = entry.fileName.split('/').at(-1)!
    if (!name.endsWith('.csv')) continue
    const [header = '', ...lines] = (await text(await zip.openReadStreamPromise(entry))).split('\n')
    await writeFile(join(folder, name), [header, ...excerptOf(name, lines)].join('\n'))
  }
  zip.close()
}

function excerptOf(name: string, lines: readonly string[]): readonly string[] {
  if (name === 'ratings.csv') return ofKnownFilms(ofFirstUsers(lines))
  return name === 'tags.csv' ? ofFirstUsers(lines) : lines
}

const ofFirstUsers = (lines: readonly string[]) =>
  lines.filter((line) => line !== '' && Number(line.split(',', 1)[0]) <= USERS)

function ofKnownFilms(ratings: readonly string[]): readonly string[] {
  const filmOf = (line: string) => line.split(',', 2)[1]!
  const counts = new Map<string, number>()
  for (const line of ratings) counts.set(filmOf(line), (counts.get(filmOf(line)) ?? 0) + 1)
  return ratings.filter((line) => counts.get(filmOf(line))! >= MIN_RATINGS)
}
