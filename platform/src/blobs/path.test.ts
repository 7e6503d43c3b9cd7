import { resolve, sep } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { share } from '../testing/effort.js'
import { byteOrder, normalizeKey, withoutTrailingSlashes } from './path.js'

const fragments = fc.constantFrom(
  ...[
    '..',
    '.',
    '/',
    '//',
    '\\',
    '%2e',
    '%2E%2e',
    '%252e%252e',
    '%2f',
    '%5c',
    '%00',
    '\0',
    '%',
    '%zz',
    '%e0%a4',
    'C:',
  ],
  ...['a', 'models', 'é', '한글', ' ', '"', '\n', '%0a', '\ud800', '\u202e', '~', 'file:', 'x'.repeat(260)],
)
const hostilePath = fc
  .array(fc.oneof(fragments, fc.string({ unit: 'binary' })), { maxLength: 12 })
  .map((parts) => parts.join(''))

const accepted = (path: string) => {
  try {
    return normalizeKey(path)
  } catch (error) {
    expect(error).toMatchObject({ code: 'INVALID_PARAMETER_VALUE' })
    return undefined
  }
}

describe('normalizeKey', () => {
  test('keeps ordinary names and drops empty and dot segments', () => {
    expect(normalizeKey('a/b.txt')).toBe('a/b.txt')
    expect(normalizeKey('./a//./b/')).toBe('a/b')
    expect(normalizeKey('')).toBe('')
    expect(normalizeKey('100%.txt')).toBe('100%.txt')
    expect(normalizeKey('a%20b')).toBe('a%20b')
    expect(normalizeKey('...')).toBe('...')
    expect(normalizeKey('file:a')).toBe('file:a')
  })

  test.each([
    '..',
    'a/..',
    '../a',
    '/a',
    'C:/a',
    'c:',
    'file:///a',
    'File:/a',
    'file%3a%2f%2fa',
    'a\\b',
    'a\0',
    '%2e%2e/a',
    '%252e%252e/a',
    '%2fa',
    'a%2f..',
    '%5c',
  ])('rejects %j', (path) => {
    expect(() => normalizeKey(path)).toThrow(/^Invalid path$/)
  })

  test('decodes escapes after one that is invalid', () => {
    expect(accepted('%zz/%2e%2e/a')).toBeUndefined()
    expect(accepted('%ff/%2e%2e/a')).toBeUndefined()
  })

  test('handles many nested escapes quickly', () => {
    expect(accepted(`%${'25'.repeat(5_000_000)}2e`)).toBeUndefined()
    accepted(`%${'25'.repeat(500)}2e`)
  })

  test('accepts only paths that stay below the root, decoded any number of times, on POSIX and Windows', () => {
    fc.assert(
      fc.property(hostilePath, fc.nat(4), (path, times) => {
        let key = accepted(path)
        if (key === undefined) return
        for (let i = 0; i < times; i++) {
          try {
            key = decodeURIComponent(key)
          } catch {
            break
          }
        }
        const landed = resolve('/root/store', ...key.split(/[/\\]/).filter((part) => part !== ''))
        expect(landed === '/root/store' || landed.startsWith(`/root/store${sep}`)).toBe(true)
        expect(key).not.toContain('\0')
      }),
      { numRuns: share(5_000) },
    )
  })

  test('handles a long run of slashes in linear time', () => {
    const slashes = '/'.repeat(1_000_000)
    expect(withoutTrailingSlashes(`a/b${slashes}`)).toBe('a/b')
    expect(withoutTrailingSlashes(`${slashes}a`)).toBe(`${slashes}a`)
    expect(withoutTrailingSlashes(slashes)).toBe('')
  })

  test('is idempotent', () => {
    fc.assert(
      fc.property(hostilePath, (path) => {
        const key = accepted(path)
        if (key !== undefined) expect(normalizeKey(key)).toBe(key)
      }),
    )
  })
})

test('keys are in the order of their bytes in UTF-8', () => {
  const keys = ['', 'a', 'a/b', 'ab', 'é', '한', '\ud7ff', '\ue000', '\uffff', '😀', '😀a', '\u{10ffff}']
  expect(keys.toReversed().sort(byteOrder)).toEqual(keys)
  const bytes = (key: string) => Buffer.from(key)
  for (const [a, b] of keys.flatMap((one) => keys.map((other) => [one, other] as const)))
    expect(Math.sign(byteOrder(a, b)), `${a} ${b}`).toBe(Buffer.compare(bytes(a), bytes(b)))
})
