import { Link, type LinkProps } from '@tanstack/react-router'
import type { AuditEvent } from '../api/audit.js'
import { isSecurable, pageOf } from '../catalog/securable.js'

type NamedObject = NonNullable<AuditEvent['object']>

/** The name of an object of any kind, as a link if it has a page. */
export function ObjectLink({ object }: { object: NamedObject }) {
  const { id, name } = object
  const text = name ?? id ?? ''
  const link = linkOf(object)
  return link ? <Link {...link}>{text}</Link> : text
}

function linkOf({ type, id, name }: NamedObject): LinkProps | undefined {
  if (type === 'experiment' && id) return { to: '/experiments/$experimentId', params: { experimentId: id } }
  if (type === 'job' && id) return { to: '/jobs/$jobId', params: { jobId: id } }
  if (type === 'registered_model' && name) return { to: '/models/$name', params: { name } }
  if (type === 'serving_endpoint' && name) return { to: '/endpoints/$name', params: { name } }
  return isSecurable(type) && name ? pageOf({ type, name }) : undefined
}
