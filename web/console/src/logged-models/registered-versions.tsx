import { Link } from '@tanstack/react-router'
import type { LoggedModel } from '../api/logged-models.js'
import { versionsOf } from './model-facts.js'

/** Links to the registered versions of a logged model. */
export function RegisteredVersions({ model }: { model: LoggedModel }) {
  const versions = versionsOf(model)
  if (versions.length === 0) return '–'
  return (
    <span className="chips">
      {versions.map(({ name, version }) => (
        <Link
          key={`${name} ${version}`}
          className="chip"
          to="/models/$name/versions/$version"
          params={{ name, version }}
        >
          {name} <b>v{version}</b>
        </Link>
      ))}
    </span>
  )
}
