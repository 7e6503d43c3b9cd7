import { ListTables } from '@cairn/platform/protocol/tables'
import Type from 'typebox'
import { defineTask } from '../../engine/task.js'
import { grant } from './ensure.js'
import { MODELLING, WEB } from './prepare.js'

/** Grants each team only the tables it needs. The owner of the schema may grant others. */
export const governTask = defineTask({
  entry: 'movielens/govern',
  parameters: Type.Object({ schema: Type.String() }),
  async run({ client, parameters: { schema }, log }) {
    await grant(client, MODELLING, 'schema', schema, 'USE SCHEMA')
    await grant(client, WEB, 'schema', schema, 'USE SCHEMA')
    await grant(client, MODELLING, 'table', `${schema}.ratings`, 'SELECT')
    for (const name of ['movies', 'links']) await grant(client, WEB, 'table', `${schema}.${name}`, 'SELECT')
    log.info(`${MODELLING} may read ${schema}.ratings, ${WEB} may read ${schema}.movies and ${schema}.links`)
    const [catalog_name, schema_name] = schema.split('.') as [string, string]
    const { tables } = await client(ListTables, { catalog_name, schema_name, omit_columns: true })
    return { tables: tables.map((table) => table.full_name) }
  },
})
