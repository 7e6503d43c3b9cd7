import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadConfig } from '@cairn/platform/config'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { readIniSection } from './ini-file.js'
import { readMlflowAuth } from './read-config.js'

describe('readIniSection', () => {
  test('reads one section as configparser does', () => {
    const text =
      '\uFEFF# first\r\n[other]\nkey = no\n[mlflow]\n; comment\nA_Key : one = two ; three # four\nrate=50%%\nempty =\n'
    expect([...readIniSection(text, 'mlflow')!]).toEqual([
      ['a_key', 'one = two ; three # four'],
      ['rate', '50%'],
      ['empty', ''],
    ])
    expect(readIniSection(text, 'absent')).toBeUndefined()
  })

  test.each([
    ['[mlflow]\nwords', "Line 2 is not 'key = value'."],
    ['[mlflow]\na = 1\n  continued = 2', "Line 3 is not 'key = value'."],
    ['[mlflow]\na = 1\nA = 2', "Line 3 repeats 'a'."],
    ['[mlflow]\na = 5%', "Line 2: the value of 'a' has a single '%'"],
    ['[mlflow]\na = %(b)s', 'References are not supported'],
  ])('rejects %j', (text, message) => {
    expect(() => readIniSection(text, 'mlflow')).toThrow(message)
  })
})

describe('readMlflowAuth', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'cairn-ini-'))
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))
  const read = (lines: readonly string[], environment: Record<string, string> = {}) => {
    const path = join(folder, 'auth.ini')
    writeFileSync(path, ['[mlflow]', ...lines].join('\n'))
    return readMlflowAuth(
      loadConfig({ CAIRN_AUTH: 'required', MLFLOW_AUTH_CONFIG_PATH: path, ...environment }),
    )
  }

  test('reads the default permission and the administrator, whom the environment may replace', () => {
    const lines = ['default_permission = EDIT', 'admin_username = root', 'admin_password = a%%b;c']
    expect(read(lines)).toEqual({
      defaults: {
        experiment: ['READ EXPERIMENTS', 'EDIT EXPERIMENTS'],
        registered_model: ['READ MODELS', 'EDIT MODELS'],
      },
      admin: { username: 'root', password: 'a%b;c' },
      notes: [],
    })
    expect(read(lines, { MLFLOW_AUTH_ADMIN_PASSWORD: 'from outside' })!.admin!.password).toBe('from outside')
    expect(read(['default_permission = NO_PERMISSIONS'])).toMatchObject({
      defaults: { experiment: [], registered_model: [] },
      admin: undefined,
    })
    expect(readMlflowAuth(loadConfig({ CAIRN_AUTH: 'required' }))).toBeUndefined()
  })

  test('names keys without an effect, and ignores the file where nobody signs in', () => {
    const { notes } = read(['default_permission = READ', 'auth_cache_ttl_seconds = 60', 'colour = blue'])!
    expect(notes).toEqual([
      "'auth_cache_ttl_seconds' is not used: passwords are always cached, and changes take effect at once.",
      "'colour' is unknown and ignored.",
    ])
    expect(read(['default_permission = MANAGE'], { CAIRN_AUTH: 'local' })).toMatchObject({
      defaults: {},
      notes: [expect.stringContaining('set CAIRN_AUTH=required')],
    })
  })

  test('rejects what cannot be enforced safely, and names the file and the key', () => {
    expect(() => read([])).toThrow(/auth\.ini: 'default_permission' is missing/)
    expect(() => read(['default_permission = SOME'])).toThrow(/Invalid permission 'SOME'/)
    expect(() => read(['default_permission = READ', 'authorization_function = my:own'])).toThrow(/my:own/)
    const config = loadConfig({ CAIRN_AUTH: 'required', MLFLOW_AUTH_CONFIG_PATH: join(folder, 'absent.ini') })
    expect(() => readMlflowAuth(config)).toThrow(/absent\.ini/)
  })
})
