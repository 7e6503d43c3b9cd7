import { loadConfig } from '@cairn/platform/config'
import { expect, test } from 'vitest'
import { upCommand } from '../commands/up.js'
import { settingsOf } from './flags.js'

const optionsOf = (args: string[]) => {
  const command = upCommand().exitOverride()
  command.parseOptions(args)
  return command.opts()
}

test('every option of `cairn up` reaches the setting of its name, and wins over the environment', () => {
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

test('an option given as an empty string counts as not given', () => {
  const flags = optionsOf(['--default-artifact-root', '', '--artifacts-destination', ''])
  expect(loadConfig({}, settingsOf(flags))).toMatchObject({
    default_artifact_root: 'mlflow-artifacts:/',
    artifacts_destination: '',
  })
})

test('an open door is refused with a sentence that says how to close it', () => {
  expect(() => loadConfig({}, { host: '0.0.0.0' })).toThrow(/CAIRN_AUTH=required/)
  expect(loadConfig({ CAIRN_AUTH: 'required' }, { host: '0.0.0.0' }).host).toBe('0.0.0.0')
  expect(() => loadConfig({ CAIRN_PORT: 'many' })).toThrow(/'port'/)
})

test('a yes may be said in words or numbers, in MLflow’s variables as in ours', () => {
  const allowed = (variables: Record<string, string>) => loadConfig(variables).webhook_allow_private_ips
  expect(allowed({})).toBe(false)
  for (const yes of ['true', 'TRUE', '1'])
    expect(allowed({ MLFLOW_WEBHOOK_ALLOW_PRIVATE_IPS: yes })).toBe(true)
  for (const no of ['false', '0', '']) expect(allowed({ MLFLOW_WEBHOOK_ALLOW_PRIVATE_IPS: no })).toBe(false)
  expect(() => allowed({ CAIRN_WEBHOOK_ALLOW_PRIVATE_IPS: 'perhaps' })).toThrow(/'webhook_allow_private_ips'/)
})

test.each(['mysql://u:secret@db/cairn', 'postgresql+psycopg2://u:secret@db/cairn'])(
  'a database that Cairn does not know is no name of a file: %s',
  (database_url) => {
    const load = () => loadConfig({ CAIRN_DATABASE_URL: database_url })
    expect(load).toThrow(/write postgres:\/\/USER@HOST\/DATABASE/)
    expect(load).not.toThrow(/secret/)
  },
)

test.each([['--once'], ['--source', 'ml-1m.zip']])(
  '%s without --demo is refused before a server starts',
  async (...args) => {
    await expect(upCommand().parseAsync(args, { from: 'user' })).rejects.toThrow('go with --demo')
  },
)
