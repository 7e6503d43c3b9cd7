import { invalid } from '@cairn/platform/errors'
import { createClient } from '@cairn/platform/protocol/client'
import { Me } from '@cairn/platform/protocol/databricks/identities'
import { Command } from 'commander'
import { connect } from '../client/connect.js'
import { examples } from '../client/examples.js'
import { printOne } from '../client/output.js'
import { removeProfile, serverAddress, writeProfile } from '../client/profile.js'
import { readHidden } from '../client/read-hidden.js'
import { fetchFrom } from '../client/unreachable.js'

/** `cairn login`: saves the server and its token, which later commands use. */
export const loginCommand = () =>
  new Command('login')
    .description('Store the server and token for later commands')
    .argument('[server]', 'e.g. https://cairn.example.org')
    .addHelpText(
      'after',
      examples(
        'cairn login https://cairn.example.org   # prompts for the token',
        'echo $TOKEN | cairn login https://cairn.example.org',
      ),
    )
    .action(async (address: string | undefined, _options, command: Command) => {
      const flags = command.optsWithGlobals<{ server?: string; token?: string }>()
      const server = serverAddress(address ?? flags.server).value.replace(/\/$/, '')
      const token = flags.token ?? (await readHidden('Token: ')).trim()
      if (!token) throw invalid('The token is empty: type it, pipe it, or pass --token.')
      const me = await createClient(server, { token, fetch: fetchFrom(server) })(Me, {})
      const file = writeProfile({ server, token })
      process.stderr.write(`Logged in to ${server} as ${me.userName}; stored in ${file}.\n`)
    })

export const logoutCommand = () =>
  new Command('logout')
    .description('Remove the stored server and token')
    .addHelpText('after', examples('cairn logout'))
    .action(() => removeProfile())

export const whoamiCommand = () =>
  new Command('whoami')
    .description('Show your identity on the server and where the settings come from')
    .addHelpText('after', examples('cairn whoami', 'cairn whoami --server https://cairn.example.org -o json'))
    .action(async (_options, command: Command) => {
      const { call, server, token } = connect(command)
      const me = await call(Me, {})
      const { origin } = serverAddress(command.optsWithGlobals<{ server?: string }>().server)
      printOne(
        command,
        { ...me, server, origin },
        {
          name: (row) => row.userName,
          teams: (row) => row.groups?.map((group) => group.display).join(', '),
          server: (row) => `${row.server} (${row.origin})`,
          token: () => (token ? 'yes' : 'none: the local owner'),
        },
      )
    })
