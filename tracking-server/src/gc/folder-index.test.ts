import fc from 'fast-check'
import { expect, test } from 'vitest'
import { FolderIndex } from './folder-index.js'

const isWithin = (path: string, folder: string) => path === folder || path.startsWith(`${folder}/`)

test('finds the same owners as a linear search', () => {
  const path = fc
    .array(fc.constantFrom('a', 'ab', 'b', ''), { maxLength: 4 })
    .map((parts) => `/${parts.join('/')}`)
  fc.assert(
    fc.property(fc.array(fc.tuple(path, fc.boolean())), path, (held, requested) => {
      const folders = new FolderIndex()
      for (const [i, [location, whole]] of held.entries()) folders.put(location, String(i), whole)
      const found = folders.find(requested)
      const holds = ([location, whole]: [string, boolean]) =>
        isWithin(location, requested) || (whole && isWithin(requested, location))
      expect(found === undefined ? held.some(holds) : !holds(held[Number(found)]!)).toBe(false)
    }),
  )
})
