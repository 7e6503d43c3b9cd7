import { statfsSync } from 'node:fs'
import { type Config, loadConfig, redacted } from '@cairn/platform/config'
import { messageOf } from '@cairn/platform/errors'
import { Command } from 'commander'
import { connect } from '../client/connect.js'
import { examples } from '../client/examples.js'
import { printRows } from '../client/output.js'
import { plainText } from '../client/plain-text.js'
import { isWritableFolder } from '../server/writable-folder.js'

interface Finding {
  readonly what: string
  readonly ok: boolean
  readonly detail: string
}

const MIN_NODE = [20, 19] as const
const MIN_FREE_BYTES = 1e9

/** `cairn doctor`: diagnoses a setup that does not work. */
export const doctorCommand = () =>
  new Command('doctor')
    .description('Check this machine and the server')
    .addHelpText('after', examples('cairn doctor && cairn up'))
    .action(async (_options, command: Command) => {
      const local = [checkNode(), checkFolder(loadConfig(process.env)), checkDisk(), await checkTasks()]
      const findings = [...local, ...(await checkServer(command))]
      printRows(
        command,
        findings,
        {
          check: (finding) => finding.what,
          result: (finding) => (finding.ok ? 'ok' : 'problem'),
          detail: (finding) => finding.detail,
        },
        '',
      )
      if (findings.some(({ ok }) => !ok)) process.exitCode = 1
    })

function checkNode(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  const ok = major > MIN_NODE[0] || (major === MIN_NODE[0] && minor >= MIN_NODE[1])
  return {
    what: 'node',
    ok,
    detail: ok ? process.version : `${process.version} is too old: install Node ≥ 20.19`,
  }
}

function checkFolder({ data }: Config): Finding {
  const ok = isWritableFolder(data)
  return {
    what: 'data folder',
    ok,
    detail: ok ? data : `${data} is not writable: set CAIRN_DATA to another folder`,
  }
}

function checkDisk(): Finding {
  const { bavail, bsize } = statfsSync('.')
  const free = bavail * bsize
  return { what: 'disk', ok: free > MIN_FREE_BYTES, detail: `${(free / 1e9).toFixed(1)} GB free` }
}

async function checkTasks(): Promise<Finding> {
  const { describeIsolation } = await import('@cairn/pipelines/processes/isolation')
  return { what: 'tasks', ...(await describeIsolation(loadConfig(process.env))) }
}

async function checkServer(command: Command): Promise<Finding[]> {
  const { server: address, fetch } = connect(command)
  const check = async (what: string, path: string): Promise<Finding> => {
    try {
      const response = await fetch(address + path, {})
      const text = await plainText(response)
      return {
        what,
        ok: response.ok,
        detail: response.ok ? address : `${path} returned ${response.status}: ${text.slice(0, 200)}`,
      }
    } catch (error) {
      return { what, ok: false, detail: messageOf(error) }
    }
  }
  const { database_url } = redacted(loadConfig(process.env))
  return [
    await check('server', '/health'),
    await check('its database and stores', '/ready'),
    { what: 'configured database', ok: true, detail: database_url },
  ]
}
