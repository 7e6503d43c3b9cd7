import type { Db } from '@cairn/platform/db/db'
import { pageOf } from '@cairn/platform/db/page'
import { comparisonsOf, filterSql } from '@cairn/platform/search/filter'
import { after, orderBy, positionColumns, positionOf } from '@cairn/platform/search/keyset'
import { type Condition, type Language, TEXT } from '@cairn/platform/search/language'
import { compare, keyed } from '@cairn/platform/search/where'
import { type RawBuilder, type SqlBool, sql } from 'kysely'
import type { RegistrySchema } from '../schema.js'
import { parseSearch, type SearchInput, termsOf } from '../search/page.js'
import { IS_PROMPT } from './prompts.js'
import type { ModelStore } from './store.js'

const UPDATED = { column: 'last_updated_timestamp', kind: 'number' } as const

const LANGUAGE: Language = {
  entities: {
    attribute: { aliases: ['attributes', 'attr'], fields: { name: { column: 'name', kind: 'string' } } },
    tag: { aliases: ['tags'], kind: 'string', comparators: TEXT, ordered: false },
  },
}

/** What can be ordered by is not what can be filtered on. */
const ORDERS: Language = {
  entities: {
    attribute: {
      aliases: [],
      fields: {
        name: { column: 'name', kind: 'string' },
        timestamp: UPDATED,
        last_updated_timestamp: UPDATED,
      },
    },
  },
}

const LANGUAGES = { filter: LANGUAGE, order: ORDERS, limits: { default: 100, max: 1000 } }

const column = (key: string) => sql.ref(`registered_models.${key}`)

export class ModelSearch {
  readonly #db: Db<RegistrySchema>
  readonly #models: ModelStore

  constructor(db: Db<RegistrySchema>, models: ModelStore) {
    this.#db = db
    this.#models = models
  }

  /** Prompts share the table and stay hidden unless the filter asks for them by their tag. */
  async page(input: SearchInput) {
    const { conditions, orders, limit, after: position, tokenAt } = parseSearch(LANGUAGES, input)
    const terms = termsOf(orders, column, [{ key: 'name', descending: false }])
    const asksForPrompts = comparisonsOf(conditions).some(
      ({ entity, key }) => entity === 'tag' && key === IS_PROMPT,
    )
    let query = this.#db.read.selectFrom('registered_models').selectAll().select(positionColumns(terms))
    for (const condition of filterSql(conditions, matches)) query = query.where(condition)
    if (!asksForPrompts) query = query.where(isPrompt(false))
    if (position) query = query.where(after(terms, position))
    const rows = await query
      .orderBy(orderBy(terms))
      .limit(limit + 1)
      .execute()
    const { page, last } = pageOf(rows, limit)
    return {
      registered_models: await this.#models.describe(page),
      ...(last && { next_page_token: tokenAt(positionOf(last, terms)) }),
    }
  }
}

const TAGS = { table: 'registered_model_tags', owner: 'name', outer: column('name') }

const isPrompt = (wanted: boolean): RawBuilder<SqlBool> => {
  const marked = keyed(TAGS, IS_PROMPT, '=', 'true')
  return wanted ? marked : sql`not (${marked})`
}

/** A model without the tag is no prompt: clients ask for all models by `!= 'true'`, which of other tags finds only what has them. */
function matches({ entity, key, comparator, value }: Condition): RawBuilder<SqlBool> {
  if (entity !== 'tag') return compare(column(key), comparator, value)
  if (key === IS_PROMPT && (comparator === '=' || comparator === '!='))
    return isPrompt((String(value).toLowerCase() === 'true') === (comparator === '='))
  return keyed(TAGS, key, comparator, value)
}
