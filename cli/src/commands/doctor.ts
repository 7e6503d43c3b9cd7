import { accessSync, constants, statfsSync } from 'node:fs'
import { resolve } from 'node:path'
import { loadConfig, redacted } from '@cairn/platform/config'
import { messageOf } from '@cairn/platform/errors'
import { Command } from 'commander'
import { connect } from '../client/connect.js'
import { printRows } from '../client/output.js'
import { plainAnswer } from '../client/plain-answer.js'

interface Finding {
  readonly what: string
  readonly ok: boolean
  readonly detail: string
}

const OLDEST_NODE = [20, 19] as const
const LEAST_FREE_BYTES = 1e9

export const doctorCommand = () =>
  new Command('doctor')
    .description('check this machine and the server')
    .addHelpText('after', '\nExamples:\n  $ cairn doctor && cairn up\n')
    .action(async (_options, command: Command) => {
      const findings = [node(), folder(), space(), ...(await server(command))]
      printRows(
        command,
        findings,
        {
          check: (one) => one.what,
          result: (one) => (one.ok ? 'ok' : 'problem'),
          detail: (one) => one.detail,
        },
        '',
      )
      if (findings.some((one) => !one.ok)) process.exitCode = 1
    })

function node(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  const ok = major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1])
  return {
    what: 'node',
    ok,
    detail: ok ? process.version : `${process.version} is too old: install Node ≥ 20.19`,
  }
}

function folder(): Finding {
  const { data } = loadConfig(process.env)
  try {
    accessSync(resolve(data, '..'), constants.W_OK)
    return { what: 'data folder', ok: true, detail: data }
  } catch {
    return {
      what: 'data folder',
      ok: false,
      detail: `${data} cannot be written: set CAIRN_DATA to a folder that can`,
    }
  }
}

function space(): Finding {
  const { bavail, bsize } = statfsSync('.')
  const free = bavail * bsize
  return { what: 'disk', ok: free > LEAST_FREE_BYTES, detail: `${(free / 1e9).toFixed(1)} GB free` }
}

async function server(command: Command): Promise<Finding[]> {
  const { server: address, fetch } = connect(command)
  const ask = async (what: string, path: string): Promise<Finding> => {
    try {
      const answer = await fetch(address + path, {})
      const text = await plainAnswer(answer)
      return {
        what,
        ok: answer.ok,
        detail: answer.ok ? address : `${path} answered ${answer.status}: ${text.slice(0, 200)}`,
      }
    } catch (error) {
      return { what, ok: false, detail: messageOf(error) }
    }
  }
  const { database_url } = redacted(loadConfig(process.env))
  return [
    await ask('server', '/health'),
    await ask('its database and stores', '/ready'),
    { what: 'configured database', ok: true, detail: database_url },
  ]
}
