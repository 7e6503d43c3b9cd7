import { loadConfig, settings } from '@cairn/platform/config'
import { expect, test } from 'vitest'
import { upCommand } from '../commands/up.js'
import { settingsOf } from './flags.js'
import { unknownSettings } from './unknown-settings.js'

const optionsOf = (args: string[]) => {
  const command = upCommand().exitOverride()
  command.parseOptions(args)
  return command.opts()
}

test('maps every option of `cairn up` to its setting, which overrides the environment', () => {
  const flags = optionsOf([
    ...['--host', '127.0.0.1', '--port', '5050', '--data', '/srv/x', '--services', 'tracking'],
    ...[
      '--default-artifact-root',
      's3://b/r',
      '--artifacts-destination',
      's3://b/a',
      '--database-url',
      'postgres://h/d',
    ],
  ])
  const config = loadConfig({ CAIRN_PORT: '1', CAIRN_DATABASE_URL: 'sqlite:other' }, settingsOf(flags))
  expect(config).toMatchObject({
    port: 5050,
    data: '/srv/x',
    services: 'tracking',
    default_artifact_root: 's3://b/r',
    artifacts_destination: 's3://b/a',
    database_url: 'postgres://h/d',
  })
})

test('treats an empty string as a missing option', () => {
  const flags = optionsOf(['--default-artifact-root', '', '--artifacts-destination', ''])
  expect(loadConfig({}, settingsOf(flags))).toMatchObject({
    default_artifact_root: 'mlflow-artifacts:/',
    artifacts_destination: '',
  })
})

test('rejects a public address without authentication, and says how to require it', () => {
  expect(() => loadConfig({}, { host: '0.0.0.0' })).toThrow(/CAIRN_AUTH=required/)
  expect(loadConfig({ CAIRN_AUTH: 'required' }, { host: '0.0.0.0' }).host).toBe('0.0.0.0')
  for (const variable of ['CAIRN_PUBLIC_URL', 'CAIRN_ALLOWED_HOSTS', 'MLFLOW_SERVER_ALLOWED_HOSTS']) {
    expect(() => loadConfig({ [variable]: 'https://cairn.example.org' })).toThrow(/Set CAIRN_AUTH=required/)
    expect(loadConfig({ [variable]: 'https://cairn.example.org', CAIRN_AUTH: 'required' }).auth).toBe(
      'required',
    )
  }
})

test.each([
  [{ CAIRN_PORT: '9x' }, {}, "CAIRN_PORT: '9x' is not an integer."],
  [{ CAIRN_PORT: '70000' }, {}, 'CAIRN_PORT: 70000 is not between 0 and 65535.'],
  [{ CAIRN_DRAIN_TIMEOUT: '-1' }, {}, 'CAIRN_DRAIN_TIMEOUT: -1 is not between 0 and 3600.'],
  [{ CAIRN_GRAPHQL_MAX_ALIASES: '-1' }, {}, 'CAIRN_GRAPHQL_MAX_ALIASES: -1 is not at least 0.'],
  [{ CAIRN_PORT: '1' }, { port: 'many' }, "--port: 'many' is not an integer."],
  [{ CAIRN_AUTH: 'none' }, {}, "CAIRN_AUTH: 'none' is not one of local, required."],
  [{ CAIRN_MOVIES_PUBLIC: 'yes' }, {}, "CAIRN_MOVIES_PUBLIC: 'yes' is neither true nor false."],
  [{ CAIRN_TASK_USERS: '5' }, {}, "CAIRN_TASK_USERS: '5' does not match ^\\d+-\\d+$."],
  [{}, { drain_timeout: 3601 }, '--drain-timeout: 3601 is not between 0 and 3600.'],
])('explains what is wrong with %o %o', (variables, flags, sentence) => {
  expect(() => loadConfig(variables, flags)).toThrow(sentence)
})

test('names unknown variables, and the setting that was meant', () => {
  const variables = {
    ...{ CAIRN_PROT: '1', CAIRN_TASK_CONCURENCY: '4', CAIRN_NONSENSE_OF_MINE: 'x', CAIRN_EMPTY: '' },
    ...{ CAIRN_PORT: '1', CAIRN_OWNER_TOKEN_FILE: '/run/token', CAIRN_SERVER: 'http://x', OTHER: 'x' },
  }
  expect(unknownSettings(variables)).toEqual([
    'CAIRN_PROT is not a setting and is ignored; did you mean CAIRN_PORT?',
    'CAIRN_TASK_CONCURENCY is not a setting and is ignored; did you mean CAIRN_TASK_CONCURRENCY?',
    'CAIRN_NONSENSE_OF_MINE is not a setting and is ignored.',
  ])
})

test('accepts words and numbers as booleans, in MLflow’s variables as well', () => {
  const allowed = (variables: Record<string, string>) => loadConfig(variables).webhook_allow_private_ips
  expect(allowed({})).toBe(false)
  for (const yes of ['true', 'TRUE', '1'])
    expect(allowed({ MLFLOW_WEBHOOK_ALLOW_PRIVATE_IPS: yes })).toBe(true)
  for (const no of ['false', '0', '']) expect(allowed({ MLFLOW_WEBHOOK_ALLOW_PRIVATE_IPS: no })).toBe(false)
  expect(() => allowed({ CAIRN_WEBHOOK_ALLOW_PRIVATE_IPS: 'perhaps' })).toThrow(
    /CAIRN_WEBHOOK_ALLOW_PRIVATE_IPS: 'perhaps' is neither/,
  )
})

test.each(['mysql://u:secret@db/cairn', 'postgresql+psycopg2://u:secret@db/cairn'])(
  'rejects the unsupported database %s instead of taking it for a file name',
  (database_url) => {
    const load = () => loadConfig({ CAIRN_DATABASE_URL: database_url })
    expect(load).toThrow(/write postgres:\/\/USER@HOST\/DATABASE/)
    expect(load).not.toThrow(/secret/)
  },
)

test.each([['--once'], ['--source', 'ml-1m.zip']])(
  'rejects %s without --demo before a server starts',
  async (...args) => {
    await expect(upCommand().parseAsync(args, { from: 'user' })).rejects.toThrow('require --demo')
  },
)

test.each(settings())('the default of %s is a valid value', (name, { default: value }) => {
  const config = loadConfig({}, { [name]: value })
  expect(typeof config[name]).toBe(typeof value)
})
