import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { effort } from '../harness/effort.js'
import type { Random } from '../harness/random.js'

const USERS = effort(60, 60, 120)
const MOVIES = 200
const EACH = effort(25, 25, 40)
const GENRES = ['Action|Sci-Fi', 'Comedy', 'Drama', 'Horror|Thriller']
/** Films that must exist: the demo job asks for recommendations after these. */
const ASKED = [260, 1196, 2571]

/**
 * Writes a small MovieLens data set, for the demo job on a server that is killed: each user likes one of four genres, so
 * that models learn something within a second.
 *
 * @returns the number of ratings
 */
export async function writeSmallDataSet(folder: string, random: Random): Promise<number> {
  const movies = [...ASKED, ...Array.from({ length: MOVIES }, (_, i) => 10_000 + i)]
  const ratings = Array.from({ length: USERS }, (_, i) => ratingsOf(i + 1, movies, random)).flat()
  const files = {
    ratings: ['userId,movieId,rating,timestamp', ...ratings],
    movies: ['movieId,title,genres', ...movies.map((id, i) => `${id},Film ${id} (1999),${genre(i)}`)],
    links: ['movieId,imdbId,tmdbId', ...movies.map((id) => `${id},${id},${id}`)],
    tags: ['userId,movieId,tag,timestamp', `1,${movies[0]},good,1000000000`],
  }
  for (const [name, lines] of Object.entries(files))
    await writeFile(join(folder, `${name}.csv`), `${lines.join('\n')}\n`)
  return ratings.length
}

const genre = (i: number) => GENRES[i % GENRES.length]!

function ratingsOf(user: number, movies: readonly number[], random: Random): string[] {
  const seen = new Set<number>()
  while (seen.size < EACH) {
    const drawn = random.int(0, movies.length - 1)
    if (genre(drawn) === genre(user) || random.next() < 0.2) seen.add(drawn)
  }
  return [...seen].map((drawn, n) => {
    const liked = genre(drawn) === genre(user) ? random.int(7, 10) : random.int(1, 8)
    return `${user},${movies[drawn]},${liked / 2},${1_000_000_000 + n * 100_000 + user}`
  })
}
