import { expect, test } from 'vitest'
import { maskedUrl } from './masked-url.js'

test.each([
  ['postgres://ann:secret@host/db', 'postgres://ann:***@host/db'],
  ['postgres://ann:se@cr@et@host:5432/db', 'postgres://ann:***@host:5432/db'],
  ['postgres://ann:se/cr@host/db', 'postgres://ann:***@host/db'],
  ['redis://:secret@host', 'redis://:***@host'],
  ['postgres://ann@host/db?user=a:b@c', 'postgres://ann@host/db?user=a:b@c'],
  ['postgres://ann:secret@host/db?name=a@b', 'postgres://ann:***@host/db?name=a@b'],
])('masks %s as %s', (url, shown) => {
  expect(maskedUrl(url)).toBe(shown)
})
