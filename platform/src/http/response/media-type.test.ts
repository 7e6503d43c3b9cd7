import { expect, test } from 'vitest'
import { attachment, mediaType } from './media-type.js'

test.each([
  ['a.txt', 'text/plain'],
  ['d/MLmodel', 'text/plain'],
  ['page.html', 'text/plain'],
  ['c.png', 'image/png'],
  ['C.PNG', 'image/png'],
  ['model.pkl', 'application/octet-stream'],
  ['no-extension', 'application/octet-stream'],
  ['constructor', 'application/octet-stream'],
  ['a.__proto__', 'application/octet-stream'],
])('%s is %s', (path, type) => {
  expect(mediaType(path)).toBe(type)
})

test.each([
  ['images/dog+step+20+timestamp+100.png', 'attachment; filename=dog+step+20+timestamp+100.png'],
  ['a b.txt', `attachment; filename="a b.txt"; filename*=UTF-8''a%20b.txt`],
  ['x";rm.txt', `attachment; filename="x_;rm.txt"; filename*=UTF-8''x%22%3Brm.txt`],
  ['영화.csv', `attachment; filename="__.csv"; filename*=UTF-8''%EC%98%81%ED%99%94.csv`],
])('saves %s under its own name', (path, header) => {
  expect(attachment(path)).toBe(header)
})
