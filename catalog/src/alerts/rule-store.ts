import { randomUUID } from 'node:crypto'
import type { AlertedType, AlertRuleRow, AlertSchema } from '@cairn/platform/alerts/schema'
import type { Db, Transaction } from '@cairn/platform/db/db'
import { ApiError, missing } from '@cairn/platform/errors'

const MAX_RULES_OF_OBJECT = 50
const MAX_RULES_OF_PRINCIPAL = 500

interface RuleObject {
  readonly type: AlertedType
  readonly id: string
}

type NewRule = Omit<AlertRuleRow, 'rule_id' | 'securable_type' | 'securable_id' | 'created_at' | 'changed_at'>
type RuleChange = Partial<Omit<NewRule, 'kind'>>

/** Rules for alerts, by the object that they watch. */
export class AlertRuleStore {
  readonly #db: Db<AlertSchema>
  readonly #now: () => number

  constructor(db: Db<AlertSchema>, now: () => number) {
    this.#db = db
    this.#now = now
  }

  /** By name. */
  list({ type, id }: RuleObject): Promise<AlertRuleRow[]> {
    return this.#db.read
      .selectFrom('alert_rules')
      .selectAll()
      .where('securable_type', '=', type)
      .where('securable_id', '=', id)
      .orderBy('name')
      .orderBy('rule_id')
      .execute()
  }

  /** @throws RESOURCE_DOES_NOT_EXIST, also for a rule of another object */
  get(object: RuleObject, ruleId: string): Promise<AlertRuleRow> {
    return getRule(this.#db, object, ruleId)
  }

  /** @throws RESOURCE_EXHAUSTED for too many rules of the object or the principal */
  async create({ type, id }: RuleObject, rule: NewRule): Promise<AlertRuleRow> {
    const now = this.#now()
    return this.#db.transaction(async (tx) => {
      const counted = tx.selectFrom('alert_rules').select((eb) => eb.fn.countAll<number>().as('count'))
      const ofObject = await counted
        .where('securable_type', '=', type)
        .where('securable_id', '=', id)
        .executeTakeFirstOrThrow()
      if (Number(ofObject.count) >= MAX_RULES_OF_OBJECT) throw tooMany(`The ${type} has`, MAX_RULES_OF_OBJECT)
      const own = await counted.where('created_by', '=', rule.created_by).executeTakeFirstOrThrow()
      if (Number(own.count) >= MAX_RULES_OF_PRINCIPAL) throw tooMany('You have', MAX_RULES_OF_PRINCIPAL)
      return tx
        .insertInto('alert_rules')
        .values({
          ...{ rule_id: randomUUID(), securable_type: type, securable_id: id },
          ...rule,
          ...{ created_at: now, changed_at: now },
        })
        .returningAll()
        .executeTakeFirstOrThrow()
    })
  }

  /**
   * @param check throws for a rule that the change makes invalid
   * @throws RESOURCE_DOES_NOT_EXIST
   */
  async update(
    object: RuleObject,
    ruleId: string,
    change: RuleChange,
    check: (rule: AlertRuleRow) => void,
  ): Promise<AlertRuleRow> {
    return this.#db.transaction(async (tx) => {
      const rule = { ...(await getRule(tx, object, ruleId)), ...change, changed_at: this.#now() }
      check(rule)
      await tx.updateTable('alert_rules').set(rule).where('rule_id', '=', ruleId).execute()
      return rule
    })
  }

  /** @throws RESOURCE_DOES_NOT_EXIST */
  async delete(object: RuleObject, ruleId: string): Promise<void> {
    await this.#db.transaction(async (tx) => {
      await getRule(tx, object, ruleId)
      await tx.deleteFrom('alert_rules').where('rule_id', '=', ruleId).execute()
    })
  }
}

const tooMany = (owner: string, limit: number) =>
  new ApiError('RESOURCE_EXHAUSTED', `${owner} ${limit} rules already: delete one.`)

async function getRule(
  db: Db<AlertSchema> | Transaction<AlertSchema>,
  { type, id }: RuleObject,
  ruleId: string,
): Promise<AlertRuleRow> {
  const rule = await ('read' in db ? db.read : db)
    .selectFrom('alert_rules')
    .selectAll()
    .where('rule_id', '=', ruleId)
    .where('securable_type', '=', type)
    .where('securable_id', '=', id)
    .executeTakeFirst()
  if (!rule) throw missing(`The ${type} has no rule '${ruleId}'.`)
  return rule
}
