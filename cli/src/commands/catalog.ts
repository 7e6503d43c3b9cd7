import { ListAudit } from '@cairn/platform/protocol/audit'
import { ListCatalogs } from '@cairn/platform/protocol/catalogs'
import { Explain, GetEffectivePermissions, UpdatePermissions } from '@cairn/platform/protocol/permissions'
import { ListSchemas } from '@cairn/platform/protocol/schemas'
import { GetTable, ListTables, ReadTableRows } from '@cairn/platform/protocol/tables'
import { Command } from 'commander'
import { connect } from '../client/connect.js'
import { printOne, printRows, time } from '../client/output.js'
import { wholeNumber } from '../client/whole-number.js'

const NOT_ALLOWED = 4

export function catalogCommand() {
  const catalog = new Command('catalog')
    .description('governed data: what there is, who may read it and why')
    .addHelpText('afterAll', EXAMPLES)
  for (const add of [
    addCatalogs,
    addSchemas,
    addTables,
    addDescribe,
    addPreview,
    addGrants,
    addGrant,
    addExplain,
    addAudit,
  ])
    add(catalog)
  return catalog
}

function addCatalogs(catalog: Command) {
  catalog
    .command('catalogs')
    .description('catalogs that you may see')
    .action(async (_options, command) => {
      const { catalogs = [] } = await connect(command).call(ListCatalogs, {})
      printRows(
        command,
        catalogs,
        { name: (one) => one.name, owner: (one) => one.owner, comment: (one) => one.comment },
        'No catalog is visible to you. `cairn demo` makes `main`.',
      )
    })
}

function addSchemas(catalog: Command) {
  catalog
    .command('schemas <catalog>')
    .description('schemas of a catalog')
    .action(async (catalog_name, _options, command) => {
      const { schemas = [] } = await connect(command).call(ListSchemas, { catalog_name })
      printRows(
        command,
        schemas,
        { name: (one) => one.full_name, owner: (one) => one.owner, comment: (one) => one.comment },
        `No schema of '${catalog_name}' is visible to you.`,
      )
    })
}

function addTables(catalog: Command) {
  catalog
    .command('tables <catalog.schema>')
    .description('tables of a schema')
    .action(async (full_name, _options, command) => {
      const [catalog_name = '', schema_name = ''] = full_name.split('.')
      const { tables = [] } = await connect(command).call(ListTables, { catalog_name, schema_name })
      printRows(
        command,
        tables,
        {
          name: (one) => one.name,
          type: (one) => one.table_type,
          format: (one) => one.data_source_format,
          owner: (one) => one.owner,
          columns: (one) => one.columns?.length,
        },
        `No table of '${full_name}' is visible to you.`,
      )
    })
}

function addDescribe(catalog: Command) {
  catalog
    .command('describe <table>')
    .description('columns of a table')
    .action(async (full_name, _options, command) => {
      const table = await connect(command).call(GetTable, { full_name })
      printRows(
        command,
        table.columns ?? [],
        {
          column: (one) => one.name,
          type: (one) => one.type_text,
          nullable: (one) => one.nullable,
          comment: (one) => one.comment,
        },
        '',
      )
    })
}

function addPreview(catalog: Command) {
  catalog
    .command('preview <table>')
    .description('some rows of a table')
    .option('--limit <number>', 'how many', wholeNumber, 10)
    .action(async (full_name, { limit }, command) => {
      const { columns, rows } = await connect(command).call(ReadTableRows, { full_name, limit })
      const names = columns.map((column) => (typeof column === 'string' ? column : column.name))
      const cell = (value: unknown) =>
        typeof value === 'object' && value !== null
          ? JSON.stringify(value)
          : (value as string | number | null)
      printRows(
        command,
        rows as unknown[][],
        Object.fromEntries(names.map((name, i) => [name, (row: unknown[]) => cell(row[i])])),
        'The table is empty.',
      )
    })
}

function addGrants(catalog: Command) {
  catalog
    .command('grants <type> <name>')
    .description('who has which privilege, and where it comes from')
    .action(async (securable_type, full_name, _options, command) => {
      const { privilege_assignments } = await connect(command).call(GetEffectivePermissions, {
        securable_type,
        full_name,
      })
      const rows = privilege_assignments.flatMap(({ principal, privileges }) =>
        privileges.map((one) => ({ principal, ...one })),
      )
      printRows(
        command,
        rows,
        {
          principal: (one) => one.principal,
          privilege: (one) => one.privilege,
          from: (one) => one.inherited_from_name ?? 'here',
        },
        'Nothing is granted here; its owner may do everything.',
      )
    })
}

function addGrant(catalog: Command) {
  for (const verb of ['grant', 'revoke'] as const)
    catalog
      .command(`${verb} <privilege> <type> <name> <principal>`)
      .description(verb === 'grant' ? 'give a privilege' : 'take a privilege back')
      .action(async (privilege, securable_type, full_name, principal, _options, command) => {
        const change = { principal, [verb === 'grant' ? 'add' : 'remove']: [privilege] }
        await connect(command).call(UpdatePermissions, { securable_type, full_name, changes: [change] })
      })
}

function addExplain(catalog: Command) {
  catalog
    .command('explain <privilege> <type> <name>')
    .description('whether somebody may do something, and which grant decides')
    .option('--principal <name>', 'somebody else than you')
    .action(async (privilege, securable_type, full_name, { principal }, command) => {
      const decision = await connect(command).call(Explain, {
        privilege,
        securable_type,
        full_name,
        principal,
      })
      printOne(command, decision, {
        allowed: (one) => (one.allowed ? 'yes' : 'no'),
        principal: (one) => one.principal,
        why: (one) => one.summary,
        'can grant': (one) => one.can_grant.join(', '),
      })
      if (!decision.allowed) process.exitCode = NOT_ALLOWED
    })
}

function addAudit(catalog: Command) {
  catalog
    .command('audit')
    .description('decisions, allowed and denied, the newest first')
    .option('--securable <name>', 'of this and what is in it')
    .option('--principal <name>', 'of one principal')
    .option('--denied', 'only what was denied')
    .action(async ({ securable, principal, denied }, command) => {
      const { events } = await connect(command).call(ListAudit, {
        securable,
        principal,
        ...(denied && { allowed: false }),
      })
      printRows(
        command,
        events,
        {
          time: (one) => time(one.time),
          principal: (one) => one.principal,
          action: (one) => one.action,
          on: (one) => one.securable,
          allowed: (one) => (one.allowed ? 'yes' : 'no'),
          why: (one) => one.reason,
        },
        'No such decision.',
      )
    })
}

const EXAMPLES = `
Examples:
  $ cairn catalog tables main.movielens
  $ cairn catalog explain SELECT table main.movielens.ratings --principal web
  $ cairn catalog grant SELECT table main.movielens.ratings analysts
`
