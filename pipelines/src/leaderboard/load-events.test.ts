import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { newFolder } from '@cairn/platform/testing/folders'
import { afterEach, expect, test, vi } from 'vitest'
import { loadEvents } from './load-events.js'

const SHIPPED = fileURLToPath(new URL('../../../examples/data/ml-latest-small.zip', import.meta.url))

afterEach(() => vi.unstubAllEnvs())

test('reads events with times and ratings, and facts of films, from an archive', async () => {
  const { name, interactions, facts } = await loadEvents(SHIPPED)
  expect(name).toBe('ml-latest-small')
  expect(interactions.users.size).toBe(671)
  expect(interactions.itemOf.length).toBe(100_004)
  expect(interactions.order).toBe('timestamp, hash(user, item)')
  const toyStory = interactions.items.find(1)!
  expect(facts!.titles![toyStory]).toBe('Toy Story (1995)')
  expect(facts!.genres![toyStory]).toBe('Adventure|Animation|Children|Comedy|Fantasy')
  expect(facts!.years![toyStory]).toBe(1995)
  const first = interactions.starts[interactions.users.find(1)!]!
  expect(interactions.times![first]).toBeGreaterThan(Date.UTC(1995))
  expect(interactions.values!.every((rating) => rating >= 0.5 && rating <= 5)).toBe(true)
})

test('reads a folder of an older edition or its ratings file, with a film missing in the list', async () => {
  const folder = newFolder()
  writeFileSync(
    join(folder, 'ratings.dat'),
    '1::10::5::978300760\n1::11::3::978300700\n2::10::4::978300800\n',
  )
  writeFileSync(
    join(folder, 'movies.dat'),
    '10::Am\u00e9lie (2001)::Comedy|Romance\n12::Else::Drama\n',
    'latin1',
  )
  for (const path of [folder, join(folder, 'ratings.dat')]) {
    const { interactions, facts } = await loadEvents(path)
    expect(interactions.items.ids).toEqual([10, 11])
    expect([...interactions.itemOf]).toEqual([1, 0, 0])
    expect(facts!.titles).toEqual(['Amélie (2001)', ''])
    expect([...facts!.years!]).toEqual([2001, Number.NaN])
  }
})

test('leaves no temporary files except the rejects that an error refers to', async () => {
  const [temporary, folder] = [newFolder(), newFolder()]
  vi.stubEnv('TMPDIR', temporary)
  const ratings = '1::10::5::978300760\n1::11::3::978300700\n'
  writeFileSync(join(folder, 'ratings.dat'), ratings)
  await loadEvents(folder)
  expect(readdirSync(temporary)).toEqual([])
  writeFileSync(join(folder, 'ratings.dat'), `${ratings}1::twelve::3::978300700\n`)
  const error = await loadEvents(folder).catch((reason) => reason)
  const { reject_file } = error.details as { reject_file: string }
  expect(readFileSync(new URL(reject_file), 'utf8')).toContain('twelve')
  expect(readdirSync(temporary)).toEqual([expect.stringMatching(/^cairn-rejects-/)])
})

test('reads gzipped user-item lines in the order of the file', async () => {
  const path = join(newFolder(), 'mine.txt.gz')
  writeFileSync(path, gzipSync('7 3\n7 1\n'))
  const { name, interactions, facts } = await loadEvents(path)
  expect([name, facts]).toEqual(['mine', undefined])
  expect([...interactions.itemOf]).toEqual([1, 0])
})

test('rejects other files by name', async () => {
  await expect(loadEvents('/nowhere/ml-1m')).rejects.toThrow("'/nowhere/ml-1m' does not exist")
  await expect(loadEvents(newFolder())).rejects.toThrow('contains no MovieLens ratings')
  const path = join(newFolder(), 'pairs.txt')
  writeFileSync(path, 'user item\n')
  await expect(loadEvents(path)).rejects.toThrow("pair 1: expected 'user item'")
})
