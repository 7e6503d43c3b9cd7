import { existsSync, statfsSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { type Config, loadConfig, redacted } from '@cairn/platform/config'
import { messageOf } from '@cairn/platform/errors'
import { unknownSettings } from '../server/unknown-settings.js'
import { isWritableFolder } from '../server/writable-folder.js'
import { type Finding, ok, problem, warning } from './finding.js'

const MIN_NODE = [20, 19] as const
const MIN_FREE_BYTES = 1e9

/** Checks this machine and the settings that `cairn up` would start with. */
export async function checkMachine(env: NodeJS.ProcessEnv): Promise<Finding[]> {
  const node = checkNode(process.versions.node)
  let config: Config
  try {
    config = loadConfig(env)
  } catch (error) {
    return [
      node,
      problem('settings', messageOf(error), 'Correct the setting: docs/configuration.md lists all.'),
    ]
  }
  return [
    node,
    checkSettings(config, env),
    ...checkKeys(config),
    checkFolder(config),
    checkDisk(config.data),
    await checkTasks(config),
  ]
}

export function checkNode(version: string): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major > MIN_NODE[0] || (major === MIN_NODE[0] && minor >= MIN_NODE[1])
    ? ok('node', version)
    : problem('node', `${version} is too old.`, 'Install Node 20.19 or a newer one.')
}

function checkSettings(config: Config, env: NodeJS.ProcessEnv): Finding {
  const unknown = unknownSettings(env)
  return unknown.length > 0
    ? warning('settings', unknown.join(' '), 'Correct or remove them.')
    : ok('settings', `database ${redacted(config).database_url}`)
}

/** Servers that share a database cannot read secrets that another one encrypted with a key of its own data folder. */
function checkKeys(config: Config): Finding[] {
  if (!/^postgres(ql)?:/.test(config.database_url)) return []
  const missing = [
    ...(config.secrets_key ? [] : ['CAIRN_SECRETS_KEY']),
    ...(config.webhook_secret_key ? [] : ['CAIRN_WEBHOOK_SECRET_KEY']),
  ]
  return [
    missing.length === 0
      ? ok('keys', 'set')
      : warning(
          'keys',
          `${missing.join(' and ')} ${missing.length > 1 ? 'are' : 'is'} not set: this machine encrypts with keys in ${config.data}, which other servers of the database lack.`,
          'Set the same on all servers, and keep a copy.',
        ),
  ]
}

function checkFolder({ data }: Config): Finding {
  return isWritableFolder(data)
    ? ok('data folder', data)
    : problem(
        'data folder',
        `${data} is not writable.`,
        'Set CAIRN_DATA to another folder, or change its owner.',
      )
}

function checkDisk(folder: string): Finding {
  const { bavail, bsize } = statfsSync(closestExisting(resolve(folder)))
  const free = bavail * bsize
  const detail = `${(free / 1e9).toFixed(1)} GB free`
  return free > MIN_FREE_BYTES
    ? ok('disk', detail)
    : problem(
        'disk',
        `${detail} for the data folder.`,
        'Free some space: `cairn gc` lists deleted objects that take some.',
      )
}

const closestExisting = (folder: string): string =>
  existsSync(folder) ? folder : closestExisting(dirname(folder))

async function checkTasks(config: Config): Promise<Finding> {
  const { describeIsolation } = await import('@cairn/pipelines/processes/isolation')
  const { ok: isFine, detail } = await describeIsolation(config)
  return isFine
    ? ok('tasks', detail)
    : problem('tasks', detail, 'Allow mount namespaces, or set CAIRN_TASK_NAMESPACES=auto (docs/jobs.md).')
}
