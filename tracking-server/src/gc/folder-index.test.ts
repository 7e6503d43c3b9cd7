import fc from 'fast-check'
import { expect, test } from 'vitest'
import { FolderIndex } from './folder-index.js'

const isWithin = (place: string, folder: string) => place === folder || place.startsWith(`${folder}/`)

test('finds the same owners as a linear search', () => {
  const place = fc
    .array(fc.constantFrom('a', 'ab', 'b', ''), { maxLength: 4 })
    .map((parts) => `/${parts.join('/')}`)
  fc.assert(
    fc.property(fc.array(fc.tuple(place, fc.boolean())), place, (held, asked) => {
      const folders = new FolderIndex()
      for (const [i, [location, whole]] of held.entries()) folders.put(location, String(i), whole)
      const found = folders.find(asked)
      const holds = ([location, whole]: [string, boolean]) =>
        isWithin(location, asked) || (whole && isWithin(asked, location))
      expect(found === undefined ? held.some(holds) : !holds(held[Number(found)]!)).toBe(false)
    }),
  )
})
