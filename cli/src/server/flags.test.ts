import { loadConfig } from '@cairn/platform/config'
import { expect, test } from 'vitest'
import { upCommand } from '../commands/up.js'
import { settingsOf } from './flags.js'

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
  expect(() => loadConfig({ CAIRN_PORT: 'many' })).toThrow(/'port'/)
})

test('accepts words and numbers as booleans, in MLflow’s variables as well', () => {
  const allowed = (variables: Record<string, string>) => loadConfig(variables).webhook_allow_private_ips
  expect(allowed({})).toBe(false)
  for (const yes of ['true', 'TRUE', '1'])
    expect(allowed({ MLFLOW_WEBHOOK_ALLOW_PRIVATE_IPS: yes })).toBe(true)
  for (const no of ['false', '0', '']) expect(allowed({ MLFLOW_WEBHOOK_ALLOW_PRIVATE_IPS: no })).toBe(false)
  expect(() => allowed({ CAIRN_WEBHOOK_ALLOW_PRIVATE_IPS: 'perhaps' })).toThrow(/'webhook_allow_private_ips'/)
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
