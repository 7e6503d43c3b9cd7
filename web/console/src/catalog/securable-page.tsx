import { getRouteApi } from '@tanstack/react-router'
import { securableOf } from './securable.js'
import { SecurableView } from './securable-view.js'

const route = getRouteApi('/catalog/$name')

/** A catalog, a schema or a table. */
export function SecurablePage() {
  const { name } = route.useParams()
  const { tab } = route.useSearch()
  return <SecurableView key={name} securable={securableOf(name)} tab={tab} />
}
