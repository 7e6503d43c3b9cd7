import { randomUUID } from 'node:crypto'
import type { AlertedType, AlertRuleRow, AlertSchema } from '@cairn/platform/alerts/schema'
import type { Db, Transaction } from '@cairn/platform/db/db'
import { ApiError, missing } from '@cairn/platform/errors'
import type { WebhookSecrets } from '@cairn/platform/webhooks/webhook-secrets'
import { CONDITION_FIELDS } from './condition.js'

const MAX_RULES_OF_OBJECT = 50
const MAX_RULES_OF_PRINCIPAL = 500

interface RuleObject {
  readonly type: AlertedType
  readonly id: string
}

type NewRule = Omit<AlertRuleRow, 'rule_id' | 'securable_type' | 'securable_id' | 'created_at' | 'changed_at'>
type RuleChange = Partial<Omit<NewRule, 'kind'>>

/** Rules for alerts, by the object that they watch, with the URLs of their webhooks encrypted. */
export class AlertRuleStore {
  readonly #db: Db<AlertSchema>
  readonly #secrets: WebhookSecrets
  readonly #now: () => number

  constructor(db: Db<AlertSchema>, secrets: WebhookSecrets, now: () => number) {
    this.#db = db
    this.#secrets = secrets
    this.#now = now
  }

  /** Ordered by name. */
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

  /** @throws RESOURCE_EXHAUSTED for too many rules of the object or the principal */
  async create({ type, id }: RuleObject, rule: NewRule): Promise<AlertRuleRow> {
    const now = this.#now()
    const rule_id = randomUUID()
    return this.#db.transaction(async (tx) => {
      await this.#db.dialect.lock(`alert rules of ${type} ${id}`)?.execute(tx)
      const ofObject = await countRules(tx)
        .where('securable_type', '=', type)
        .where('securable_id', '=', id)
        .executeTakeFirstOrThrow()
      if (Number(ofObject.count) >= MAX_RULES_OF_OBJECT) throw tooMany(`The ${type} has`, MAX_RULES_OF_OBJECT)
      await this.#checkOwn(tx, rule.created_by)
      return tx
        .insertInto('alert_rules')
        .values({
          ...{ rule_id, securable_type: type, securable_id: id },
          ...this.#sealed(rule_id, rule),
          ...{ created_at: now, changed_at: now },
        })
        .returningAll()
        .executeTakeFirstOrThrow()
    })
  }

  /**
   * @param check throws for a rule that the change makes invalid
   * @throws RESOURCE_DOES_NOT_EXIST, also for a rule of another object
   */
  async update(
    object: RuleObject,
    ruleId: string,
    change: RuleChange,
    check: (rule: AlertRuleRow) => void,
  ): Promise<AlertRuleRow> {
    return this.#db.transaction(async (tx) => {
      const before = await lockRule(tx, object, ruleId)
      const rule = { ...before, ...change }
      check(rule)
      if (rule.created_by !== before.created_by) await this.#checkOwn(tx, rule.created_by)
      const changed_at = isOtherCondition(before, rule) ? this.#now() : before.changed_at
      if (change.webhook_url !== undefined) await this.#moveCalls(tx, ruleId, change.webhook_url)
      // Writes only the changed fields, so that concurrent requests do not undo each other.
      return tx
        .updateTable('alert_rules')
        .set({ ...this.#sealed(ruleId, change), changed_at })
        .where('rule_id', '=', ruleId)
        .returningAll()
        .executeTakeFirstOrThrow()
    })
  }

  #sealed<R extends Partial<Pick<AlertRuleRow, 'webhook_url'>>>(ruleId: string, rule: R): R {
    return rule.webhook_url ? { ...rule, webhook_url: this.#secrets.seal(rule.webhook_url, ruleId) } : rule
  }

  /** Moves waiting calls to the queue of the new URL: the earlier URL may not work, or another key may have made its digest. */
  async #moveCalls(tx: Transaction<AlertSchema>, ruleId: string, webhookUrl: string | null): Promise<void> {
    await tx
      .updateTable('alert_notifications')
      .set({ url: webhookUrl ? this.#secrets.digest(webhookUrl) : ruleId })
      .where('id', 'in', (eb) => eb.selectFrom('alerts').select('alert_id').where('rule_id', '=', ruleId))
      .execute()
  }

  /** Checks the number of rules under a lock, so that concurrent requests of a principal cannot exceed the limit. */
  async #checkOwn(tx: Transaction<AlertSchema>, principalId: string): Promise<void> {
    await this.#db.dialect.lock(`alert rules of principal ${principalId}`)?.execute(tx)
    const own = await countRules(tx).where('created_by', '=', principalId).executeTakeFirstOrThrow()
    if (Number(own.count) >= MAX_RULES_OF_PRINCIPAL) throw tooMany('You have', MAX_RULES_OF_PRINCIPAL)
  }

  /** @throws RESOURCE_DOES_NOT_EXIST, also for a rule of another object */
  async delete({ type, id }: RuleObject, ruleId: string): Promise<void> {
    const { numDeletedRows } = await this.#db.transaction((tx) =>
      tx
        .deleteFrom('alert_rules')
        .where('rule_id', '=', ruleId)
        .where('securable_type', '=', type)
        .where('securable_id', '=', id)
        .executeTakeFirstOrThrow(),
    )
    if (numDeletedRows === 0n) throw noSuchRule(type, ruleId)
  }
}

const countRules = (tx: Transaction<AlertSchema>) =>
  tx.selectFrom('alert_rules').select((eb) => eb.fn.countAll<number>().as('count'))

/** Returns whether runs must be compared again: the condition has changed, or the rule was enabled. */
const isOtherCondition = (before: AlertRuleRow, rule: AlertRuleRow) =>
  rule.enabled > before.enabled || CONDITION_FIELDS.some((field) => rule[field] !== before[field])

const tooMany = (owner: string, limit: number) =>
  new ApiError('RESOURCE_EXHAUSTED', `${owner} ${limit} rules already: delete one.`)

/** Locks the rule until commit, which serializes concurrent changes. */
async function lockRule(
  tx: Transaction<AlertSchema>,
  { type, id }: RuleObject,
  ruleId: string,
): Promise<AlertRuleRow> {
  const rule = await tx
    .updateTable('alert_rules')
    .set((eb) => ({ rule_id: eb.ref('rule_id') }))
    .where('rule_id', '=', ruleId)
    .where('securable_type', '=', type)
    .where('securable_id', '=', id)
    .returningAll()
    .executeTakeFirst()
  if (!rule) throw noSuchRule(type, ruleId)
  return rule
}

const noSuchRule = (type: AlertedType, ruleId: string) => missing(`The ${type} has no rule '${ruleId}'.`)
