import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import { invalid } from '@cairn/platform/errors'
import { createClient } from '@cairn/platform/protocol/client'
import { Me } from '@cairn/platform/protocol/identities'
import { Command } from 'commander'
import { connect } from '../client/connect.js'
import { printOne } from '../client/output.js'
import { removeProfile, serverAddress, writeProfile } from '../client/profile.js'
import { noAnswerAt, reaching } from '../client/reaching.js'

export const loginCommand = () =>
  new Command('login')
    .description('store a server and a token for the commands that follow')
    .argument('[server]', 'e.g. https://cairn.example.org')
    .addHelpText(
      'after',
      '\nExamples:\n  $ cairn login https://cairn.example.org          asks for the token\n  $ echo $TOKEN | cairn login https://cairn.example.org\n',
    )
    .action(async (address: string | undefined, _options, command: Command) => {
      const flags = command.optsWithGlobals<{ server?: string; token?: string }>()
      const server = serverAddress(address ?? flags.server).value.replace(/\/$/, '')
      const token = flags.token ?? (await readToken())
      if (!token) throw invalid('No token was given.')
      const me = await createClient(server, { token, fetch: reaching(noAnswerAt(server)) })(Me, {})
      const file = writeProfile({ server, token })
      process.stderr.write(`You are ${me.userName} at ${server}; stored in ${file}.\n`)
    })

export const logoutCommand = () =>
  new Command('logout')
    .description('forget the stored server and token')
    .addHelpText('after', '\nExamples:\n  $ cairn logout\n')
    .action(() => removeProfile())

export const whoamiCommand = () =>
  new Command('whoami')
    .description('who the server takes you for, and where the settings come from')
    .addHelpText(
      'after',
      '\nExamples:\n  $ cairn whoami\n  $ cairn whoami --server https://cairn.example.org -o json\n',
    )
    .action(async (_options, command: Command) => {
      const { call, server, token } = connect(command)
      const me = await call(Me, {})
      const { origin } = serverAddress(command.optsWithGlobals<{ server?: string }>().server)
      printOne(
        command,
        { ...me, server, origin },
        {
          name: (one) => one.userName,
          teams: (one) => one.groups?.map((group) => group.display).join(', '),
          server: (one) => `${one.server} (${one.origin})`,
          token: () => (token ? 'yes' : 'none: the local owner'),
        },
      )
    })

async function readToken(): Promise<string> {
  if (process.stdin.isTTY) return askForToken()
  const chunks: Buffer[] = []
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('utf8').trim()
}

/** What is typed is not shown. Ctrl-C ends the command, Ctrl-D answers with nothing. */
async function askForToken(): Promise<string> {
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() })
  const terminal = createInterface({ input: process.stdin, output: silent, terminal: true })
  terminal.on('SIGINT', () => {
    terminal.close()
    process.kill(process.pid, 'SIGINT')
  })
  process.stderr.write('Token: ')
  try {
    return (await terminal.question('')).trim()
  } catch {
    return ''
  } finally {
    terminal.close()
    process.stderr.write('\n')
  }
}
