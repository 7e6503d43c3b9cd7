import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Redactor } from './redactor.js'

/** The whole text at once, by the definition. */
function redactWhole(text: string, secrets: readonly string[]): string {
  const values = secrets.filter(Boolean).toSorted((a, b) => b.length - a.length)
  let done = ''
  for (let i = 0; i < text.length; ) {
    const found = values.find((value) => text.startsWith(value, i))
    done += found ? '[REDACTED]' : text[i]
    i += found ? found.length : 1
  }
  return done
}

function redactChunks(chunks: readonly string[], secrets: readonly string[]): string {
  const redactor = new Redactor(secrets)
  return chunks.map((chunk) => redactor.push(chunk)).join('') + redactor.end()
}

test('replaces values in streams as in the whole text, wherever chunks are cut', () => {
  const texts = fc.string({ unit: fc.constantFrom('a', 'b', '.'), maxLength: 6 })
  fc.assert(
    fc.property(fc.array(texts, { maxLength: 12 }), fc.array(texts, { maxLength: 4 }), (chunks, secrets) => {
      expect(redactChunks(chunks, secrets)).toBe(redactWhole(chunks.join(''), secrets))
    }),
    { numRuns: 2_000 },
  )
})

test('takes characters of values literally, and prefers the longest of values that begin together', () => {
  expect(redactChunks(['a.b a-b axb tok', 'en token-1'], ['a.b', 'token', 'token-1'])).toBe(
    '[REDACTED] a-b axb [REDACTED] [REDACTED]',
  )
})

test('passes on at once what cannot be the beginning of a value', () => {
  const redactor = new Redactor(['secret'])
  expect(redactor.push('epoch 1\nsec')).toBe('epoch 1\n')
  expect(redactor.push('onds: 4')).toBe('seconds: 4')
  expect(redactor.push('se')).toBe('')
  expect(redactor.end()).toBe('se')
})

test('needs time in proportion to the text, even for values that repeat themselves', () => {
  const value = 'a'.repeat(100_000)
  expect(redactChunks([value.slice(1), `b${value}`], [value])).toBe(`${value.slice(1)}b[REDACTED]`)
})

test.each([
  ['trimmed', 'Bearer s3cr3t-t0ken', 'Bearer [REDACTED]'],
  ['in Base64', `x ${Buffer.from('s3cr3t-t0ken').toString('base64')}`, 'x [REDACTED]'],
  ['of one of its lines', 'found MIIEpAIBAAKCAQEA!', 'found [REDACTED]!'],
  ['in JSON', JSON.stringify({ pem: 'pass "word" é' }), '{"pem":"[REDACTED]"}'],
  ['in the JSON of Python', '{"pem": "pass \\"word\\" \\u00e9"}', '{"pem": "[REDACTED]"}'],
  ['but not of short lines', 'the END of it', 'the END of it'],
])('replaces the form of a secret %s', (_name, text, redacted) => {
  const secrets = ['s3cr3t-t0ken\n', 'BEGIN\nMIIEpAIBAAKCAQEA\nEND\n', 'pass "word" é']
  expect(redactChunks([...text], secrets)).toBe(redacted)
  expect(new Redactor(secrets).redact(text)).toBe(redacted)
})
