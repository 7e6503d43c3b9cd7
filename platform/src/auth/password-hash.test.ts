import { expect, test } from 'vitest'
import { checkPasswordHash, hashPassword, verifyPassword } from './password-hash.js'

// Made by werkzeug.security.generate_password_hash('correct horse 한글', …).
const WERKZEUG = [
  'scrypt:32768:8:1$UQWqpeCQaOtjzZ3T$82996b9c9267cabf117d2b879ea76b1defc4e66ada28669aad41b41c23a35db78157928ace249a1e4145e13823fc6b4839e2738855a13cb57cd190b90d7c1067',
  'pbkdf2:sha256:1000$5O00zoxxgLwSDTMn$162f6092f9c2152a899135709dad2973aaf93826a3fdfa5e53315498518984ac',
]

test.each(WERKZEUG)('verifies a hash of werkzeug: %s', async (hash) => {
  expect(await verifyPassword('correct horse 한글', hash)).toBe(true)
  expect(await verifyPassword('correct horse 한국', hash)).toBe(false)
})

test('salts each hash, in werkzeug’s format', async () => {
  const [one, other] = await Promise.all([hashPassword('same'), hashPassword('same')])
  expect(one).toMatch(/^scrypt:32768:8:1\$[\w-]{16}\$[0-9a-f]{128}$/)
  expect(one).not.toBe(other)
  expect(await verifyPassword('same', one)).toBe(true)
})

test.each([
  '',
  'plain',
  'scrypt:32768:8:1$salt$',
  'scrypt:32768:8:1$salt$xyz',
  'scrypt:32767:8:1$salt$00112233445566778899aabbccddeeff',
  'scrypt:1073741824:8:1$salt$00112233445566778899aabbccddeeff',
  'scrypt:32768:-8:-1$salt$00112233445566778899aabbccddeeff',
  'pbkdf2:md5:1000$salt$00112233445566778899aabbccddeeff',
  'pbkdf2:sha256:99999999$salt$00112233445566778899aabbccddeeff',
  'bcrypt:1$salt$00112233445566778899aabbccddeeff',
])('rejects the malformed or too expensive hash %j', async (hash) => {
  expect(await verifyPassword('x', hash)).toBe(false)
  expect(() => checkPasswordHash(hash)).toThrow('not in a supported format')
})
