import { Groups } from '@cairn/platform/protocol/databricks/identities'
import { Command } from 'commander'
import { connect } from '../client/connect.js'
import { examples } from '../client/examples.js'
import { printRows } from '../client/output.js'
import { getMember, getPrincipal } from '../people/find-principal.js'
import { listPrincipals } from '../people/list-principals.js'

/** `cairn groups`: manages groups and their members. */
export function groupsCommand() {
  const groups = new Command('groups')
    .description('Manage groups and their members')
    .addHelpText(
      'after',
      examples('cairn groups create modelling', 'cairn groups add modelling ada@example.org'),
    )
  for (const add of [addList, addCreate, addDelete, addMembers, addAdd, addRemove]) add(groups)
  return groups
}

function addList(groups: Command) {
  groups
    .command('list')
    .description('List groups')
    .addHelpText('after', examples('cairn groups list'))
    .action(async (_options, command) => {
      printRows(
        command,
        await listPrincipals(connect(command).call, 'group'),
        { name: ({ displayName }) => displayName, id: ({ id }) => id },
        'No groups.',
      )
    })
}

function addCreate(groups: Command) {
  groups
    .command('create <name>')
    .description('Create a group')
    .addHelpText('after', examples('cairn groups create modelling'))
    .action(async (displayName: string, _options, command) => {
      const made = await connect(command).call(Groups.Create, { displayName })
      printRows(command, [made], { name: (row) => row.displayName, id: ({ id }) => id })
    })
}

function addDelete(groups: Command) {
  groups
    .command('delete <name>')
    .description('Delete a group with its grants')
    .addHelpText('after', examples('cairn groups delete modelling'))
    .action(async (name: string, _options, command) => {
      const { call } = connect(command)
      const { id } = await getPrincipal(call, 'group', name)
      await call(Groups.Delete, { id })
    })
}

function addMembers(groups: Command) {
  groups
    .command('members <group>')
    .description('List the members of a group')
    .addHelpText('after', examples('cairn groups members modelling'))
    .action(async (group: string, _options, command) => {
      const { call } = connect(command)
      const { id } = await getPrincipal(call, 'group', group)
      const { members = [] } = await call(Groups.Get, { id })
      printRows(command, members, { name: (row) => row.display, type: ({ type }) => type }, 'No members.')
    })
}

const addAdd = (groups: Command) => addChange(groups, 'add')
const addRemove = (groups: Command) => addChange(groups, 'remove')

function addChange(groups: Command, op: 'add' | 'remove') {
  groups
    .command(`${op} <group> <member...>`)
    .description(
      op === 'add' ? 'Add users, service principals or groups to a group' : 'Remove members from a group',
    )
    .addHelpText('after', examples(`cairn groups ${op} modelling ada@example.org importer`))
    .action(async (group: string, names: string[], _options, command) => {
      const { call } = connect(command)
      const { id } = await getPrincipal(call, 'group', group)
      const members = await Promise.all(names.map((name) => getMember(call, name)))
      const value = members.map((member) => ({ value: member.id }))
      await call(Groups.Patch, { id, attributes: 'id', Operations: [{ op, path: 'members', value }] })
    })
}
