import { type ScimResource, Users } from '@cairn/platform/protocol/identities'
import { CreateInvite, CreatePasswordReset } from '@cairn/platform/protocol/sign-in'
import { Command } from 'commander'
import { connect } from '../client/connect.js'
import { examples } from '../client/examples.js'
import { formatTime } from '../client/format.js'
import { type Columns, printOne, printRows } from '../client/output.js'
import { parseInteger } from '../client/parse-integer.js'
import { findPrincipal } from '../people/find-principal.js'
import { listPrincipals } from '../people/list-principals.js'

interface Link {
  readonly url: string
  readonly expires_at: number
}

/** `cairn users`: invites people and manages their accounts. */
export function usersCommand() {
  const users = new Command('users')
    .description('Manage users')
    .addHelpText(
      'after',
      examples('cairn users invite ada@example.org --group modelling', 'cairn users list'),
    )
  for (const add of [addList, addShow, addInvite, addReset, addActivate, addDeactivate, addDelete]) add(users)
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
      const { id } = await findPrincipal(call, 'user', name)
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

function addInvite(users: Command) {
  users
    .command('invite [name]')
    .description('Create a one-time link with which a person creates an account')
    .addHelpText(
      'after',
      examples(
        'cairn users invite ada@example.org --group modelling',
        "cairn users invite --group 'workspace admins'   # an administrator, who chooses the name",
      ),
    )
    .option('--group <name...>', 'groups that the account joins')
    .option('--hours <number>', 'hours for which the link is valid', parseInteger, 72)
    .action(async (name: string | undefined, { group, hours }, command) => {
      const input = { hours, ...(name && { name }), ...(group && { groups: group }) }
      printLink(command, await connect(command).call(CreateInvite, input))
    })
}

function addReset(users: Command) {
  users
    .command('reset-password <name>')
    .description('Create a one-time link with which a user sets a new password')
    .addHelpText('after', examples('cairn users reset-password ada@example.org'))
    .action(async (name: string, _options, command) => {
      const { call } = connect(command)
      const { id } = await findPrincipal(call, 'user', name)
      printLink(command, await call(CreatePasswordReset, { id }))
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
      const { id } = await findPrincipal(call, 'user', name)
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
      const { id } = await findPrincipal(call, 'user', name)
      await call(Users.Delete, { id })
    })
}

const printLink = (command: Command, link: Link) =>
  printOne(command, link, { link: ({ url }) => url, expires: ({ expires_at }) => formatTime(expires_at) })
