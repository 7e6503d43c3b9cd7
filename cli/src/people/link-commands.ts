import {
  CreateInvite,
  CreatePasswordReset,
  DeleteInvite,
  ListInvites,
} from '@cairn/platform/protocol/cairn/sign-in'
import type { Output } from '@cairn/platform/protocol/operation'
import type { Command } from 'commander'
import { allPages } from '../client/all-pages.js'
import { connect } from '../client/connect.js'
import { examples } from '../client/examples.js'
import { formatTime } from '../client/format.js'
import { type Columns, printOne, printRows } from '../client/output.js'
import { parseInteger } from '../client/parse-integer.js'
import { getPrincipal } from './find-principal.js'

type OpenLink = Output<typeof ListInvites>['invites'][number]

interface Link {
  readonly id: string
  readonly url: string
  readonly expires_at: number
}

/** The commands for one-time links, with which people create accounts and set new passwords. */
export const addLinkCommands = (users: Command) => {
  for (const add of [addInvite, addReset, addLinks, addRevoke]) add(users)
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
      const { id } = await getPrincipal(call, 'user', name)
      printLink(command, await call(CreatePasswordReset, { id }))
    })
}

function addLinks(users: Command) {
  users
    .command('links')
    .description('List the one-time links that nobody has used yet')
    .addHelpText('after', examples('cairn users links', 'cairn users links --search ada'))
    .option('--search <text>', 'a part of the name of the account or of the creator')
    .action(async ({ search }: { search?: string }, command) => {
      const { call } = connect(command)
      const links = await allPages(async (page_token) => {
        const page = await call(ListInvites, { ...(search && { search }), ...(page_token && { page_token }) })
        return { items: page.invites, next: page.next_page_token }
      })
      const columns: Columns<OpenLink> = {
        name: ({ name }) => name,
        for: ({ purpose }) => (purpose === 'join' ? 'account' : 'password'),
        groups: ({ groups }) => groups.join(', '),
        creator: ({ created_by }) => created_by,
        expires: ({ expires_at }) => formatTime(expires_at),
        id: ({ id }) => id,
      }
      printRows(command, links, columns, search ? `No link contains '${search}'.` : 'No links are open.')
    })
}

function addRevoke(users: Command) {
  users
    .command('revoke-link <id>')
    .description('Revoke a one-time link, so that nobody can use it')
    .addHelpText(
      'after',
      examples(
        'cairn users revoke-link 9642c960-d341-4968-9dee-5e85aa2a0704   # an id from cairn users links',
      ),
    )
    .action(async (id: string, _options, command) => {
      await connect(command).call(DeleteInvite, { id })
    })
}

const printLink = (command: Command, link: Link) =>
  printOne(command, link, { link: ({ url }) => url, expires: ({ expires_at }) => formatTime(expires_at) })
