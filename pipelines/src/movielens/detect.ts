import { open } from 'node:fs/promises'
import { type Counts, EDITIONS, type Edition, editionOfMd5, isEdition } from './editions.js'
import type { Source } from './source.js'

export interface DetectedEdition {
  readonly edition: Edition
  readonly counts: Counts
}

/**
 * Detects the edition of a source: by the archive's MD5, by the format of the older editions, and by the README or the
 * folder name of a CSV edition.
 */
export async function detectEdition({ files, folder, md5 }: Source): Promise<DetectedEdition> {
  const readme = await readHead([...files].find(([name]) => name.startsWith('README'))?.[1])
  const edition = (md5 && editionOfMd5(md5)) || byFormat(files) || byName(readme, folder)
  return { edition, counts: { ...countsIn(readme), ...EDITIONS[edition].counts } }
}

function byFormat(files: ReadonlyMap<string, string>): Edition | undefined {
  if (files.has('ratings.csv')) return undefined
  if (files.has('u.data')) return 'ml-100k'
  // Only ml-1m has a users.dat, and only ml-10m a tags.dat.
  return files.has('users.dat') || !files.has('tags.dat') ? 'ml-1m' : 'ml-10m'
}

function byName(readme: string, folder: string): Edition {
  const [, name = ''] = /\((ml-[a-z0-9-]+)\)/.exec(readme) ?? []
  if (isEdition(name)) return name
  return isEdition(folder) && !/-(100k|1m|10m)$/.test(folder) ? folder : 'ml-latest'
}

/** Parses "It contains 100004 ratings and 1296 tag applications across 9125 movies. … created by 671 users" */
function countsIn(readme: string): Counts {
  const [, ratings, tags, movies] =
    /contains (\d+) ratings and (\d+) tag applications across (\d+) movies/.exec(readme) ?? []
  const [, users] = /created by (\d+) users/.exec(readme) ?? []
  return {
    ...(ratings && { ratings: Number(ratings) }),
    ...(tags && { tags: Number(tags) }),
    ...(movies && { movies: Number(movies) }),
    ...(users && { users: Number(users) }),
  }
}

async function readHead(path: string | undefined): Promise<string> {
  if (!path) return ''
  const file = await open(path)
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(4096), 0, 4096, 0)
    return buffer.toString('utf8', 0, bytesRead)
  } finally {
    await file.close()
  }
}
