import { Link } from '@tanstack/react-router'
import type { AuditEvent } from '../api/audit.js'
import { isSecurable, pageOf } from '../catalog/securable.js'

/** The name of the object of an event, which leads to its page where it has one. */
export function AuditObject({ object }: Pick<AuditEvent, 'object'>) {
  if (!object) return null
  const { type, id, name } = object
  const text = name ?? id ?? ''
  if (type === 'experiment' && id)
    return (
      <Link to="/experiments/$experimentId" params={{ experimentId: id }}>
        {text}
      </Link>
    )
  if (type === 'job' && id)
    return (
      <Link to="/jobs/$jobId" params={{ jobId: id }}>
        {text}
      </Link>
    )
  if (type === 'registered_model' && name)
    return (
      <Link to="/models/$name" params={{ name }}>
        {text}
      </Link>
    )
  if (type === 'serving_endpoint' && name)
    return (
      <Link to="/endpoints/$name" params={{ name }}>
        {text}
      </Link>
    )
  if (isSecurable(type) && name) return <Link {...pageOf({ type, name })}>{text}</Link>
  return text
}
