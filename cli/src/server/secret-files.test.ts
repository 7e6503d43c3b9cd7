import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { secretsFromFiles } from './secret-files.js'

const folder = mkdtempSync(join(tmpdir(), 'cairn-secrets-'))
const file = join(folder, 'database_url')
writeFileSync(file, 'postgres://cairn:secret@postgres/cairn\n')

test('reads the value of a variable that ends in _FILE from the file', () => {
  const env = { CAIRN_DATABASE_URL_FILE: file, CAIRN_PORT: '5000', AWS_WEB_IDENTITY_TOKEN_FILE: file }
  expect(secretsFromFiles(env)).toEqual({ CAIRN_DATABASE_URL: 'postgres://cairn:secret@postgres/cairn' })
})

test('names the variable of an unreadable file', () => {
  expect(() => secretsFromFiles({ CAIRN_TOKEN_FILE: join(folder, 'missing') })).toThrow(/CAIRN_TOKEN_FILE/)
})

test('rejects a variable that is set both ways', () => {
  expect(() => secretsFromFiles({ CAIRN_TOKEN_FILE: file, CAIRN_TOKEN: 'x' })).toThrow(
    'Both CAIRN_TOKEN and CAIRN_TOKEN_FILE are set',
  )
})
