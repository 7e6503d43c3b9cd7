import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'

const SRC = join(import.meta.dirname, '..')
const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.css'))

/** The classes that a style sheet selects alone, such as `.lane` but not `.lanes .lane`. */
function classesAlone(css: string): string[] {
  const selectors = [...css.replace(/\/\*.*?\*\//gs, '').matchAll(/([^{};]+)\{/g)].flatMap(([, list]) =>
    list!.split(','),
  )
  return selectors.flatMap((selector) => /^\.([\w-]+)$/.exec(selector.trim())?.[1] ?? [])
}

// The style sheets of visited pages stay loaded, so the rules of one page would change another.
test('no two folders select the same class alone', () => {
  const folders = new Map<string, Set<string>>()
  for (const file of files)
    for (const name of classesAlone(readFileSync(join(SRC, file), 'utf8')))
      folders.set(name, (folders.get(name) ?? new Set()).add(dirname(file)))
  expect(folders.size).toBeGreaterThan(100)
  const shared = [...folders].filter(([, of]) => of.size > 1).map(([name, of]) => [name, ...of].join(' '))
  expect(shared).toEqual([])
})
