import { type ScimResource, ServicePrincipals } from '@cairn/platform/protocol/databricks/identities'
import { Command } from 'commander'
import { connect } from '../client/connect.js'
import { examples } from '../client/examples.js'
import { type Columns, printRows } from '../client/output.js'
import { getPrincipal } from '../people/find-principal.js'
import { listPrincipals } from '../people/list-principals.js'

/** `cairn service-principals`: accounts of programs. */
export function servicePrincipalsCommand() {
  const services = new Command('service-principals')
    .description('Manage service principals, the accounts of programs')
    .addHelpText(
      'after',
      examples(
        'cairn service-principals create importer',
        'cairn tokens create --for importer --lifetime 90d',
      ),
    )
  for (const add of [addList, addCreate, addDelete]) add(services)
  return services
}

function addList(services: Command) {
  services
    .command('list')
    .description('List service principals')
    .addHelpText('after', examples('cairn service-principals list'))
    .action(async (_options, command) => {
      const found = await listPrincipals(connect(command).call, 'service principal')
      const columns: Columns<ScimResource> = {
        name: ({ applicationId }) => applicationId,
        active: ({ active }) => (active ? 'yes' : 'no'),
      }
      printRows(command, found, columns, 'No service principals.')
    })
}

function addCreate(services: Command) {
  services
    .command('create <name>')
    .description('Create a service principal')
    .addHelpText('after', examples('cairn service-principals create importer'))
    .action(async (applicationId: string, _options, command) => {
      const made = await connect(command).call(ServicePrincipals.Create, { applicationId })
      printRows(command, [made], { name: (row) => row.applicationId, id: ({ id }) => id })
    })
}

function addDelete(services: Command) {
  services
    .command('delete <name>')
    .description('Delete a service principal with its tokens, grants and memberships')
    .addHelpText('after', examples('cairn service-principals delete importer'))
    .action(async (name: string, _options, command) => {
      const { call } = connect(command)
      const { id } = await getPrincipal(call, 'service principal', name)
      await call(ServicePrincipals.Delete, { id })
    })
}
