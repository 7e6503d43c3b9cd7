import { expect, test } from 'vitest'
import { csvText } from './csv-text.js'

const text = '이름,a\n영화,1\n'
const utf16 = (order: 'le' | 'be') => {
  const bytes = Buffer.from(`\ufeff${text}`, 'utf16le')
  return order === 'le' ? bytes : bytes.swap16()
}

test.each([
  ['UTF-8', Buffer.from(text)],
  ['UTF-8 with a byte order mark', Buffer.from(`\ufeff${text}`)],
  ['UTF-16, little endian', utf16('le')],
  ['UTF-16, big endian', utf16('be')],
  ['EUC-KR', Buffer.from('c0ccb8a72c610abfb5c8ad2c310a', 'hex')],
])('reads %s', (_, bytes) => {
  expect(csvText(bytes)).toBe(text)
})

test('leaves out empty lines at the start', () => {
  expect(csvText(Buffer.from('\r\n\r\na,b\r\n'))).toBe('a,b\r\n')
})

test('reads no other encodings', () => {
  expect(csvText(Buffer.from('caf\xe9,1\n', 'latin1'))).toBeUndefined()
})
