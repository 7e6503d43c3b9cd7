import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'

const SRC = join(import.meta.dirname, '..')
const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.css'))

const selectorsOf = (css: string) =>
  [...css.replace(/\/\*.*?\*\//gs, '').matchAll(/([^{};]+)\{/g)].flatMap(([, list]) =>
    list!.split(/,(?![^(]*\))/).map((selector) => selector.trim()),
  )

/** The classes that a style sheet selects alone, such as `.lane` but not `.lanes .lane`. */
const classesAlone = (css: string) =>
  selectorsOf(css).flatMap((selector) => /^\.([\w-]+)$/.exec(selector)?.[1] ?? [])

/** The classes with which selectors begin, such as `.lanes` of `.lanes .lane`. */
const firstClasses = (css: string) =>
  selectorsOf(css).flatMap((selector) => /^\.([\w-]+)(?=[\s>:[])/.exec(selector)?.[1] ?? [])

const read = (file: string) => readFileSync(join(SRC, file), 'utf8')
/** Their style sheets are part of every page. */
const SHARED = ['app', 'ui']

// The style sheets of visited pages stay loaded, so the rules of one page would change another.
test('no two folders select the same class alone', () => {
  const folders = new Map<string, Set<string>>()
  for (const file of files)
    for (const name of classesAlone(read(file)))
      folders.set(name, (folders.get(name) ?? new Set()).add(dirname(file)))
  expect(folders.size).toBeGreaterThan(100)
  const shared = [...folders].filter(([, of]) => of.size > 1).map(([name, of]) => [name, ...of].join(' '))
  expect(shared).toEqual([])
})

test('no folder changes the inside of a class that another folder selects alone', () => {
  const owners = new Map(
    files.flatMap((file) => classesAlone(read(file)).map((name) => [name, dirname(file)] as const)),
  )
  const foreign = files
    .filter((file) => !SHARED.includes(dirname(file)))
    .flatMap((file) => firstClasses(read(file)).map((name) => ({ name, file, owner: owners.get(name) })))
    .filter(({ file, owner }) => owner !== undefined && owner !== dirname(file) && !SHARED.includes(owner))
  expect(foreign).toEqual([])
})
