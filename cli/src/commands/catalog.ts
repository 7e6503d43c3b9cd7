import { Explain } from '@cairn/platform/protocol/cairn/explain'
import { ReadTableRows } from '@cairn/platform/protocol/cairn/table-rows'
import { ListCatalogs } from '@cairn/platform/protocol/unity/catalogs'
import { GetEffectivePermissions, UpdatePermissions } from '@cairn/platform/protocol/unity/permissions'
import { ListSchemas } from '@cairn/platform/protocol/unity/schemas'
import { GetTable, ListTables } from '@cairn/platform/protocol/unity/tables'
import { Command } from 'commander'
import { runStatement } from '../catalog/run-statement.js'
import { connect } from '../client/connect.js'
import { examples } from '../client/examples.js'
import { printOne, printRows } from '../client/output.js'
import { parseInteger } from '../client/parse-integer.js'

const NOT_ALLOWED = 4

/** `cairn catalog`: catalogs, schemas, tables and grants, through the Unity Catalog API. */
export function catalogCommand() {
  const catalog = new Command('catalog')
    .description('Browse governed data and manage who may read it')
    .addHelpText(
      'after',
      examples('cairn catalog tables main.movielens', 'cairn catalog preview main.movielens.ratings'),
    )
  for (const add of [
    addCatalogs,
    addSchemas,
    addTables,
    addDescribe,
    addPreview,
    addQuery,
    addGrants,
    addGrant,
    addExplain,
  ])
    add(catalog)
  return catalog
}

function addCatalogs(catalog: Command) {
  catalog
    .command('catalogs')
    .description('List catalogs')
    .addHelpText('after', examples('cairn catalog catalogs'))
    .action(async (_options, command) => {
      const { catalogs = [] } = await connect(command).call(ListCatalogs, {})
      printRows(
        command,
        catalogs,
        { name: (row) => row.name, owner: (row) => row.owner, comment: (row) => row.comment },
        'No catalogs are visible to you. `cairn demo` creates `main`.',
      )
    })
}

function addSchemas(catalog: Command) {
  catalog
    .command('schemas <catalog>')
    .description('List schemas of a catalog')
    .addHelpText('after', examples('cairn catalog schemas main'))
    .action(async (catalog_name, _options, command) => {
      const { schemas = [] } = await connect(command).call(ListSchemas, { catalog_name })
      printRows(
        command,
        schemas,
        { name: (row) => row.full_name, owner: (row) => row.owner, comment: (row) => row.comment },
        `No schemas in '${catalog_name}' are visible to you.`,
      )
    })
}

function addTables(catalog: Command) {
  catalog
    .command('tables <catalog.schema>')
    .description('List tables of a schema')
    .addHelpText('after', examples('cairn catalog tables main.movielens'))
    .action(async (full_name, _options, command) => {
      const [catalog_name = '', schema_name = ''] = full_name.split('.')
      const { tables = [] } = await connect(command).call(ListTables, { catalog_name, schema_name })
      printRows(
        command,
        tables,
        {
          name: (row) => row.name,
          type: (row) => row.table_type,
          format: (row) => row.data_source_format,
          owner: (row) => row.owner,
          columns: (row) => row.columns?.length,
        },
        `No tables in '${full_name}' are visible to you.`,
      )
    })
}

function addDescribe(catalog: Command) {
  catalog
    .command('describe <table>')
    .description('Show columns of a table')
    .addHelpText('after', examples('cairn catalog describe main.movielens.ratings'))
    .action(async (full_name, _options, command) => {
      const table = await connect(command).call(GetTable, { full_name })
      printRows(command, table.columns ?? [], {
        column: (row) => row.name,
        type: (row) => row.type_text,
        nullable: (row) => row.nullable,
        comment: (row) => row.comment,
      })
    })
}

function addPreview(catalog: Command) {
  catalog
    .command('preview <table>')
    .description('Show the first rows of a table')
    .addHelpText('after', examples('cairn catalog preview main.movielens.ratings --limit 20'))
    .option('--limit <number>', 'number of rows', parseInteger, 10)
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

function addQuery(catalog: Command) {
  catalog
    .command('query <sql>')
    .description('Run SELECT statements over tables that you may read')
    .addHelpText(
      'after',
      examples('cairn catalog query "select count(*) as ratings from main.movielens.ratings" -o csv'),
    )
    .option('--limit <number>', 'number of rows, up to 10,000', parseInteger)
    .action(async (sql, { limit }, command) => {
      const { columns, rows, truncated } = await runStatement(connect(command).call, sql, limit)
      printRows(
        command,
        rows.map((row) => Object.fromEntries(columns.map((name, i) => [name, row[i] ?? null]))),
        Object.fromEntries(columns.map((name) => [name, (row: Record<string, string | null>) => row[name]])),
        'The query has no rows.',
      )
      if (truncated) process.stderr.write(`The query has more rows; the first ${rows.length} are shown.\n`)
    })
}

function addGrants(catalog: Command) {
  catalog
    .command('grants <type> <name>')
    .description('List privileges on an object, including inherited ones')
    .addHelpText('after', examples('cairn catalog grants table main.movielens.ratings'))
    .action(async (securable_type, full_name, _options, command) => {
      const { privilege_assignments } = await connect(command).call(GetEffectivePermissions, {
        securable_type,
        full_name,
      })
      const rows = privilege_assignments.flatMap(({ principal, privileges }) =>
        privileges.map((privilege) => ({ principal, ...privilege })),
      )
      printRows(
        command,
        rows,
        {
          principal: (row) => row.principal,
          privilege: (row) => row.privilege,
          from: (row) => row.inherited_from_name ?? 'here',
        },
        'No privileges are granted; only the owner has access.',
      )
    })
}

function addGrant(catalog: Command) {
  for (const verb of ['grant', 'revoke'] as const)
    catalog
      .command(`${verb} <privilege> <type> <name> <principal>`)
      .description(verb === 'grant' ? 'Grant a privilege' : 'Revoke a privilege')
      .addHelpText('after', examples(`cairn catalog ${verb} SELECT table main.movielens.ratings analysts`))
      .action(async (privilege, securable_type, full_name, principal, _options, command) => {
        const change = { principal, [verb === 'grant' ? 'add' : 'remove']: [privilege] }
        await connect(command).call(UpdatePermissions, { securable_type, full_name, changes: [change] })
      })
}

function addExplain(catalog: Command) {
  catalog
    .command('explain <privilege> <type> <name>')
    .description('Explain why a principal has or lacks a privilege')
    .addHelpText(
      'after',
      examples('cairn catalog explain SELECT table main.movielens.ratings --principal web'),
    )
    .option('--principal <name>', 'another principal (default: you)')
    .action(async (privilege, securable_type, full_name, { principal }, command) => {
      const decision = await connect(command).call(Explain, {
        privilege,
        securable_type,
        full_name,
        principal,
      })
      printOne(command, decision, {
        allowed: (row) => (row.allowed ? 'yes' : 'no'),
        principal: (row) => row.principal,
        why: (row) => row.summary,
        'can grant': (row) => row.can_grant.join(', '),
      })
      if (!decision.allowed) process.exitCode = NOT_ALLOWED
    })
}
