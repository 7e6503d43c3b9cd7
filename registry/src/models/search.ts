import type { Db } from '@cairn/platform/db/db'
import { comparisonsOf, filterSql } from '@cairn/platform/search/filter'
import { type Condition, type Language, TEXT } from '@cairn/platform/search/language'
import { readPage } from '@cairn/platform/search/page'
import { totalOrder } from '@cairn/platform/search/total-order'
import { compare, keyed } from '@cairn/platform/search/where'
import { type RawBuilder, type SqlBool, sql } from 'kysely'
import type { RegistrySchema } from '../schema.js'
import { parseSearch, type SearchInput } from '../search/page.js'
import { readModels } from './data.js'
import { IS_PROMPT } from './prompts.js'

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

  constructor(db: Db<RegistrySchema>) {
    this.#db = db
  }

  /** Prompts share the table and stay hidden unless the filter asks for them by their tag. */
  async page(input: SearchInput) {
    const { conditions, orders, request } = parseSearch(LANGUAGES, input)
    const asksForPrompts = comparisonsOf(conditions).some(
      ({ entity, key }) => entity === 'tag' && key === IS_PROMPT,
    )
    const where = [...filterSql(conditions, matches), ...(asksForPrompts ? [] : [isPrompt(false)])]
    const query = this.#db.read
      .selectFrom('registered_models')
      .selectAll()
      .where((eb) => eb.and(where))
    const terms = totalOrder(orders, column, [{ key: 'name', descending: false }])
    const { rows, next } = await readPage(query, { terms, ...request })
    return {
      registered_models: await readModels(this.#db, rows),
      ...(next && { next_page_token: next }),
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
