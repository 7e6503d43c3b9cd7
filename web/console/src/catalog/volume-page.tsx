import { getRouteApi } from '@tanstack/react-router'
import { SecurableView } from './securable-view.js'

const route = getRouteApi('/catalog/volumes/$name')

export function VolumePage() {
  const { name } = route.useParams()
  const { tab } = route.useSearch()
  return <SecurableView key={name} securable={{ type: 'volume', name }} tab={tab} />
}
