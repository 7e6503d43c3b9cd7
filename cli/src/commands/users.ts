import { type ScimResource, Users } from '@cairn/platform/protocol/databricks/identities'
import { Command } from 'commander'
import { connect } from '../client/connect.js'
import { examples } from '../client/examples.js'
import { formatTime } from '../client/format.js'
import { type Columns, printOne, printRows } from '../client/output.js'
import { getPrincipal } from '../people/find-principal.js'
import { addLinkCommands } from '../people/link-commands.js'
import { listPrincipals } from '../people/list-principals.js'

/** `cairn users`: invites people and manages their accounts. */
export function usersCommand() {
  const users = new Command('users')
    .description('Manage users')
    .addHelpText(
      'after',
      examples(
        'cairn users invite ada@example.org --group modelling',
        'cairn users links',
        'cairn users list',
      ),
    )
  for (const add of [addList, addShow, addLinkCommands, addActivate, addDeactivate, addDelete]) add(users)
  return users
}

function addList(users: Command) {
  users
    .command('list')
    .description('List users')
    .addHelpText('after', examples('cairn users list --search example.org', 'cairn users list -o json'))
    .option('--search <text>', 'a part of the name, the display name or an address')
    .action(async ({ search }: { search?: string }, command) => {
      const found = await listPrincipals(connect(command).call, 'user', search)
      const columns: Columns<ScimResource> = {
        name: ({ userName }) => userName,
        display: ({ displayName }) => displayName,
        active: ({ active }) => (active ? 'yes' : 'no'),
      }
      const none = search
        ? `No user has '${search}' in its name.`
        : 'No users. Invite one with `cairn users invite`.'
      printRows(command, found, columns, none)
    })
}

function addShow(users: Command) {
  users
    .command('show <name>')
    .description('Show a user with its groups')
    .addHelpText('after', examples('cairn users show ada@example.org'))
    .action(async (name: string, _options, command) => {
      const { call } = connect(command)
      const { id } = await getPrincipal(call, 'user', name)
      printOne(command, await call(Users.Get, { id }), {
        name: ({ userName }) => userName,
        display: ({ displayName }) => displayName,
        email: ({ emails = [] }) => emails.map(({ value }) => value).join(', '),
        active: ({ active }) => (active ? 'yes' : 'no'),
        groups: ({ groups = [] }) => groups.map(({ display }) => display).join(', '),
        created: ({ meta }) => meta.created && formatTime(Date.parse(meta.created)),
        id: (user) => user.id,
      })
    })
}

const addActivate = (users: Command) => addSwitch(users, true)
const addDeactivate = (users: Command) => addSwitch(users, false)

function addSwitch(users: Command, active: boolean) {
  const verb = active ? 'activate' : 'deactivate'
  users
    .command(`${verb} <name>`)
    .description(
      active ? 'Restore the access of a user' : 'Stop the access of a user and end all sessions at once',
    )
    .addHelpText('after', examples(`cairn users ${verb} ada@example.org`))
    .action(async (name: string, _options, command) => {
      const { call } = connect(command)
      const { id } = await getPrincipal(call, 'user', name)
      await call(Users.Patch, { id, Operations: [{ op: 'replace', path: 'active', value: active }] })
    })
}

function addDelete(users: Command) {
  users
    .command('delete <name>')
    .description('Delete a user with its tokens, grants and memberships')
    .addHelpText('after', examples('cairn users delete ada@example.org'))
    .action(async (name: string, _options, command) => {
      const { call } = connect(command)
      const { id } = await getPrincipal(call, 'user', name)
      await call(Users.Delete, { id })
    })
}
