import { createWriteStream, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { randomStream } from '@cairn/platform/statistics/random'

export interface Size {
  readonly events: number
  readonly users: number
  readonly items: number
}

const MIN_RATINGS = 20
const SECONDS = { first: 820_000_000, span: 900_000_000 }

/** Writes `ratings.csv` and `movies.csv` in the format of MovieLens, sorted by user and film. Returns the number of ratings. */
export async function writeRatings(folder: string, size: Size): Promise<number> {
  const titles = Array.from(
    { length: size.items },
    (_, item) => `${item + 1},Film ${item + 1} (1990),Drama\n`,
  )
  writeFileSync(join(folder, 'movies.csv'), `movieId,title,genres\n${titles.join('')}`)
  let written = 0
  function* chunks() {
    yield 'userId,movieId,rating,timestamp\n'
    for (const { text, rows } of users(size)) {
      written += rows
      yield text
    }
  }
  await pipeline(Readable.from(chunks()), createWriteStream(join(folder, 'ratings.csv')))
  return written
}

/** Ratings per user and per film follow power laws; the films of a user are distinct. */
function* users({ events, users, items }: Size) {
  const random = randomStream(32)
  const sums = popularity(items)
  const counts = activity(events, users, random)
  for (let user = 0; user < users; user++) {
    const films = new Set<number>()
    for (let tries = counts[user]! * 4; films.size < counts[user]! && tries > 0; tries--)
      films.add(filmAt(random() * sums.at(-1)!, sums))
    let second = SECONDS.first + random() * SECONDS.span
    const lines = Array.from(films)
      .map((film) => {
        second += random() < 0.7 ? Math.floor(random() * 30) : Math.floor(random() * 1e6)
        return [
          film + 1,
          `${user + 1},${film + 1},${(1 + Math.floor(random() * 10)) / 2},${Math.floor(second)}`,
        ] as const
      })
      .sort(([a], [b]) => a - b)
    yield { text: `${lines.map(([, line]) => line).join('\n')}\n`, rows: lines.length }
  }
}

function popularity(items: number): Float64Array {
  const sums = new Float64Array(items)
  for (let item = 0, sum = 0; item < items; item++) {
    sum += 1 / (item + 20) ** 0.9
    sums[item] = sum
  }
  return sums
}

/** Ratings of each user: 20 plus a Pareto-distributed number, scaled to the total. */
function activity(events: number, users: number, random: () => number): Int32Array {
  const beyond = Float64Array.from({ length: users }, () => Math.min((1 - random()) ** (-1 / 1.5), 60))
  const scale = (events - MIN_RATINGS * users) / beyond.reduce((sum, one) => sum + one, 0)
  return Int32Array.from(beyond, (one) => MIN_RATINGS + Math.round(one * scale))
}

function filmAt(at: number, sums: Float64Array): number {
  let low = 0
  let high = sums.length - 1
  while (low < high) {
    const middle = (low + high) >> 1
    if (sums[middle]! > at) high = middle
    else low = middle + 1
  }
  return low
}
