import type { AllowedObjects } from '@cairn/platform/auth/object-access'
import type { Db } from '@cairn/platform/db/db'
import { type Condition, type Language, TEXT } from '@cairn/platform/search/language'
import { readPage } from '@cairn/platform/search/page'
import { totalOrder } from '@cairn/platform/search/total-order'
import { compare, existsPerRow } from '@cairn/platform/search/where'
import { type RawBuilder, type SqlBool, sql } from 'kysely'
import { DELETED, type RegistrySchema } from '../schema.js'
import { parseSearch, type SearchInput } from '../search/page.js'
import { hidePrompts } from '../search/prompts.js'
import { readVersions } from './read-versions.js'

const NAME = { column: 'name', kind: 'string' } as const
const VERSION = { column: 'version', kind: 'number', quoted: true } as const // a string in JSON, so filters quote it

const LANGUAGE: Language = {
  entities: {
    attribute: {
      aliases: ['attributes', 'attr'],
      fields: {
        name: NAME,
        version_number: VERSION,
        run_id: { column: 'run_id', kind: 'string', lists: true },
        source_path: { column: 'source', kind: 'string' },
      },
    },
    tag: { aliases: ['tags'], kind: 'string', comparators: TEXT, ordered: false },
  },
}

const ORDERS: Language = {
  entities: {
    attribute: {
      aliases: [],
      fields: {
        name: NAME,
        version_number: VERSION,
        creation_timestamp: { column: 'creation_timestamp', kind: 'number' },
        last_updated_timestamp: { column: 'last_updated_timestamp', kind: 'number' },
      },
    },
  },
}

const MAX_RESULTS = 200_000
const LANGUAGES = { filter: LANGUAGE, order: ORDERS, limits: { default: MAX_RESULTS, max: MAX_RESULTS } }

const column = (key: string) => sql.ref(`model_versions.${key}`)

/** Searches model versions in MLflow's filter language. Prompts are hidden unless the filter compares their tag. */
export class VersionSearch {
  readonly #db: Db<RegistrySchema>

  constructor(db: Db<RegistrySchema>) {
    this.#db = db
  }

  /**
   * Orders by the last update by default, the latest first. Ties are ordered by name, then by descending version.
   *
   * @param allowed the models that the caller may read; undefined for all
   */
  async page(input: SearchInput, allowed?: AllowedObjects) {
    const { conditions, orders, request } = parseSearch(LANGUAGES, input)
    const terms = totalOrder(orders, column, [
      ...(orders.length > 0 ? [] : [{ key: 'last_updated_timestamp', descending: true }]),
      { key: 'name', descending: false },
      { key: 'version', descending: true },
    ])
    const query = this.#db.read
      .selectFrom('model_versions')
      .select(['name', 'version'])
      .where('current_stage', '!=', DELETED)
      .where((eb) => eb.and(hidePrompts(conditions, column('name'), matches)))
      .$if(allowed !== undefined, (query) => query.where(allowed!.hasName('model_versions.name')))
    const { rows, next } = await readPage(query, { terms, ...request })
    return { model_versions: await readVersions(this.#db, rows), ...(next && { next_page_token: next }) }
  }
}

function matches({ entity, key, comparator, value }: Condition): RawBuilder<SqlBool> {
  if (entity !== 'tag') return compare(column(key), comparator, value)
  const holds = compare(sql.ref('t.value'), comparator, value)
  return existsPerRow(
    sql`select 1 from model_version_tags as t where t.name = ${column('name')} and t.version = ${column('version')} and t.key = ${key} and ${holds}`,
  )
}
