import { randomUUID } from 'node:crypto'
import { type Authorizer, explain, type NotedDecision } from '../auth/authorizer.js'
import { KINDS } from '../auth/kinds.js'
import type { AuditRow } from '../auth/schema.js'
import type { AuditChange } from '../protocol/cairn/audit.js'
import type { SecurableType } from '../protocol/privileges.js'
import type { NamedObject, PendingEvent, Subject } from './event.js'
import { storedText, UNSTORABLE } from './stored-text.js'

const MAX_OBJECTS = 10
/** The largest number of changes, and of names in a change. */
const MAX_LISTED = 100

interface AuditedObject {
  readonly type: string
  readonly id: string | null
  readonly name: string | null
  readonly reason: string
  /** Ids of the catalog and the schema that the object is, or that contain it. */
  readonly catalogId?: string | null
  readonly schemaId?: string | null
}

const NONE: AuditedObject = { type: '', id: null, name: null, reason: '' }

/** Returns the rows of an event: one for each object that it acts on, ten at most, which share the request id. */
export async function rowsOf(event: PendingEvent, authorizer: Authorizer): Promise<AuditRow[]> {
  // Writes the row even if its object is gone.
  const decisions = [...event.decisions, ...(await decisionsOn(event, authorizer).catch(() => []))]
  const basis = decisions.flatMap(({ decision }) => (decision.allowed ? decision.basis : []))
  const nameOf = basis.length > 0 ? await authorizer.names(basis.map((one) => one.principal_id)) : undefined
  const subject = event.subject && (await identified(event.subject, authorizer).catch(() => event.subject))
  const objects = objectsOf({ ...event, ...(subject && { subject }) }, decisions, (one) =>
    reasonOf(one, nameOf),
  )
  return objects.slice(0, MAX_OBJECTS).map((object) => rowOf(event, object))
}

/** Decides again about the named objects, for callers whom a right on the metastore admitted without reading them. */
async function decisionsOn(event: PendingEvent, authorizer: Authorizer): Promise<NotedDecision[]> {
  const { named, caller } = event
  if (!caller || event.decisions.length > 0) return []
  const found: NotedDecision[] = []
  for (const { type, naming, name, privileges } of named.slice(0, MAX_OBJECTS)) {
    if (naming.isMalformed?.(name) || name.search(UNSTORABLE) >= 0) continue
    for (const id of (await naming.find([name])).get(name) ?? []) {
      const decided = await authorizer.objects.decide(caller, privileges, type, id)
      if (decided) found.push({ ...decided, privileges })
    }
  }
  return found
}

function objectsOf(
  { subject, named }: PendingEvent,
  decisions: readonly NotedDecision[],
  reason: (one: NotedDecision) => string,
): readonly AuditedObject[] {
  if (subject) {
    const reasons = [...new Set(decisions.map(reason))].join('; ')
    const object = { type: subject.type, id: subject.id ?? null, name: subject.name ?? null, reason: reasons }
    return [{ ...object, ...containersOf(decisions, object) }]
  }
  const specific = decisions.filter(({ chain: [one] }) => one.type !== 'metastore')
  const objects = (specific.length > 0 ? specific : decisions).map((one) => {
    const [{ type, id, name }] = one.chain
    const object = { type, id: id || null, name, reason: reason(one) }
    return { ...object, ...containersOf([one], object) }
  })
  if (specific.length === 0 && named.length > 0) return [absent(named[0]!)]
  const byKey = new Map(objects.map((one) => [`${one.type} ${one.id ?? one.name}`, one]))
  return byKey.size > 0 ? [...byKey.values()] : [NONE]
}

const absent = ({ type, name }: NamedObject): AuditedObject => ({ type, id: null, name, reason: '' })

/** Returns the containers of an object. For a new object the decision was about its container. */
function containersOf(decisions: readonly NotedDecision[], { type, id }: AuditedObject) {
  const all = decisions.flatMap(({ chain }) => chain)
  const idOf = (container: string) =>
    (type === container ? id : all.find((one) => one.type === container)?.id) || null
  return { catalogId: idOf('catalog'), schemaId: type === 'catalog' ? null : idOf('schema') }
}

/** Adds the id of a new object if the response has only its name. */
async function identified(subject: Subject, { objects }: Authorizer): Promise<Subject> {
  const { type, id, name } = subject
  if (id !== undefined || name === undefined || !Object.hasOwn(KINDS, type)) return subject
  const found = await objects.namings(type as SecurableType)?.name?.find([name])
  const [only] = found?.get(name) ?? []
  return only === undefined ? subject : { ...subject, id: only }
}

function reasonOf(
  { chain: [securable], decision }: NotedDecision,
  nameOf: ((id: string) => string) | undefined,
) {
  return securable.absent ? 'no such securable' : explain(decision, nameOf)
}

function rowOf(event: PendingEvent, object: AuditedObject): AuditRow {
  const { type, id, name, reason, catalogId = null, schemaId = null } = object
  const { caller, error, changes } = event
  const texts = {
    request_id: event.requestId,
    service_name: event.service,
    action_name: event.action,
    principal_id: caller?.id ?? '',
    principal: caller?.name ?? '',
    principal_type: caller?.type ?? '',
    authentication: event.authentication,
    token_id: caller?.token ?? null,
    session_id: caller?.session ?? null,
    source_ip_address: event.address,
    user_agent: event.userAgent,
    error_code: error?.code ?? null,
    error_message: error?.message ?? null,
    object_type: type || null,
    object_id: id,
    object_name: name,
    catalog_id: catalogId,
    schema_id: schemaId,
    reason,
  }
  return {
    event_id: randomUUID(),
    event_time: event.time,
    last_time: event.time,
    count: 1,
    ...(mapTexts(texts) as typeof texts),
    request_params: JSON.stringify(event.params),
    status_code: event.status,
    outcome: event.outcome,
    changes: changes.length > 0 ? JSON.stringify(changes.slice(0, MAX_LISTED).map(changeOf)) : null,
  }
}

const mapTexts = (texts: Readonly<Record<string, string | null>>) =>
  Object.fromEntries(
    Object.entries(texts).map(([name, text]) => [name, text === null ? null : storedText(text)]),
  )

function changeOf({ added, removed, ...texts }: AuditChange): AuditChange {
  const listed = (names: readonly string[]) => [
    ...names.slice(0, MAX_LISTED).map(storedText),
    ...(names.length > MAX_LISTED ? ['…'] : []),
  ]
  const bounded = mapTexts(texts as Record<string, string | null>) as typeof texts
  return { ...bounded, ...(added && { added: listed(added) }), ...(removed && { removed: listed(removed) }) }
}
