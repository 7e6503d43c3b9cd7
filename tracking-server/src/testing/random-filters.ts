import fc from 'fast-check'

export const TEXTS = [
  '',
  'a',
  'A',
  'ab',
  'a%b',
  'a_b',
  'a!b',
  "it's",
  'x'.repeat(100),
  `${'x'.repeat(100)}y`,
  'é한글',
] as const
export const KEYS = ['k', 'long key', 'k.a-b'] as const
export const STATUSES = ['RUNNING', 'FINISHED', 'FAILED'] as const

const text = fc.constantFrom(...TEXTS, 'RUNNING', 'nothing', '%', 'a%', '_', '%B', 'x%')
const number = fc.constantFrom(0, 1, -1, 0.5, 999_999.5, 1e6, 1001, 1002.5, 2001, 1e300)
const key = fc.constantFrom(...KEYS, 'absent')
const numeric = fc.constantFrom('=', '!=', '<', '<=', '>', '>=')
const textual = fc.constantFrom('=', '!=', 'LIKE', 'ILIKE')
const quote = (value: string) => `'${value.replaceAll("'", "''")}'`
const clause = fc.oneof(
  fc.tuple(key, numeric, number).map(([k, c, v]) => `metrics.\`${k}\` ${c} ${v}`),
  fc
    .tuple(fc.constantFrom('params', 'tags'), key, textual, text)
    .map(([entity, k, c, v]) => `${entity}.\`${k}\` ${c} ${quote(v)}`),
  fc
    .tuple(fc.constantFrom('params', 'tags'), key, fc.constantFrom('IS NULL', 'IS NOT NULL'))
    .map(([entity, k, c]) => `${entity}.\`${k}\` ${c}`),
  fc
    .tuple(fc.constantFrom('run_name', 'status', 'user_id', 'artifact_uri', 'run_id'), textual, text)
    .map(([k, c, v]) => `attributes.${k} ${c} ${quote(v)}`),
  fc.tuple(fc.constantFrom('start_time', 'end_time', 'created'), numeric, number).map((all) => all.join(' ')),
  fc
    .tuple(
      fc.constantFrom('name', 'digest', 'context'),
      textual,
      fc.constantFrom('a', 'A', 'd', 'train', 'e%'),
    )
    .map(([k, c, v]) => `dataset.${k} ${c} ${quote(v)}`),
  fc
    .tuple(fc.constantFrom('IN', 'NOT IN'), fc.array(fc.constantFrom('a', 'A', 'ab'), { minLength: 1 }))
    .map(([c, v]) => `dataset.name ${c} (${v.map(quote).join(', ')})`),
  fc
    .tuple(
      fc.constantFrom('params.k', 'tags.k', 'status', 'run_name', 'run_id'),
      fc.constantFrom('IN', 'NOT IN'),
      fc.array(fc.oneof(fc.constantFrom(...STATUSES), text), { minLength: 1, maxLength: 4 }),
    )
    .map(([k, c, v]) => `${k} ${c} (${v.map(quote).join(', ')})`),
)
const inAnyKey = fc
  .tuple(fc.constantFrom('params', 'tags'), textual, text)
  .map(([entity, c, v]) => `(${KEYS.map((k) => `${entity}.\`${k}\` ${c} ${quote(v)}`).join(' OR ')})`)
const matching = fc
  .tuple(
    fc.constantFrom('params.k', 'tags.k', 'status', 'run_name', 'user_id', 'dataset.name', 'dataset.context'),
    fc.constantFrom('^a', '(?i)^A.?$', 'ING|b', 'a|B', ''),
  )
  .map(([k, v]) => `${k} RLIKE ${quote(v)}`)
const conjunction = fc
  .array(fc.oneof({ weight: 8, arbitrary: clause }, matching, inAnyKey), { minLength: 1, maxLength: 3 })
  .map((clauses) => clauses.join(' AND '))
const disjunction = fc.array(conjunction, { minLength: 2, maxLength: 3 }).map((all) => all.join(' OR '))
/** Generates filters in MLflow's language, with OR and RLIKE, over these keys and values. */
export const filter = fc.oneof(
  fc.constant(''),
  conjunction,
  disjunction,
  fc.tuple(conjunction, disjunction).map(([first, second]) => `${first} AND (${second})`),
)
const orderKey = fc.oneof(
  key.map((k) => `metrics.\`${k}\``),
  key.map((k) => `params.\`${k}\``),
  key.map((k) => `tags.\`${k}\``),
  fc.constantFrom('start_time', 'end_time', 'attributes.run_name', 'status', 'run_id', 'user_id'),
)
/** Generates up to three keys to order by. */
export const order = fc
  .uniqueArray(orderKey, { maxLength: 3 })
  .chain((keys) => fc.tuple(...keys.map((one) => fc.constantFrom(one, `${one} DESC`))))
