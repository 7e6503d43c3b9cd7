import type { AllowedObjects } from '@cairn/platform/auth/object-access'
import type { Db } from '@cairn/platform/db/db'
import { type Language, TEXT } from '@cairn/platform/search/language'
import { readPage } from '@cairn/platform/search/page'
import { totalOrder } from '@cairn/platform/search/total-order'
import { columnOrTag } from '@cairn/platform/search/where'
import { sql } from 'kysely'
import type { RegistrySchema } from '../schema.js'
import { parseSearch, type SearchInput } from '../search/page.js'
import { hidePrompts } from '../search/prompts.js'
import { readModels } from './read-models.js'

const UPDATED = { column: 'last_updated_timestamp', kind: 'number' } as const

const LANGUAGE: Language = {
  entities: {
    attribute: { aliases: ['attributes', 'attr'], fields: { name: { column: 'name', kind: 'string' } } },
    tag: { aliases: ['tags'], kind: 'string', comparators: TEXT, ordered: false },
  },
}

/** The fields of orders; filters have other fields. */
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

/** Searches registered models in MLflow's filter language. Prompts are hidden unless the filter compares their tag. */
export class ModelSearch {
  readonly #db: Db<RegistrySchema>

  constructor(db: Db<RegistrySchema>) {
    this.#db = db
  }

  async page(input: SearchInput, allowed?: AllowedObjects) {
    const { conditions, orders, request } = parseSearch(LANGUAGES, input)
    const where = hidePrompts(conditions, column('name'), matches)
    const query = this.#db.read
      .selectFrom('registered_models')
      .selectAll()
      .where((eb) => eb.and(where))
      .$if(allowed !== undefined, (query) => query.where(allowed!.hasName('registered_models.name')))
    const terms = totalOrder(orders, column, [{ key: 'name', descending: false }])
    const { rows, next } = await readPage(query, { terms, ...request })
    return {
      registered_models: await readModels(this.#db, rows),
      ...(next && { next_page_token: next }),
    }
  }
}

const matches = columnOrTag({ table: 'registered_model_tags', owner: 'name', outer: column('name') })
